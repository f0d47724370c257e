// Owns how a declared shape is said in a table: its type, in one phrase, with links to the objects that have a
// table of their own. Before: the shapes of @limpet/protocol; after: tables.mjs.

/** @import { Shape } from '../../packages/protocol/src/index.ts' */

/**
 * An object that is described once and linked to.
 * @typedef {{ name: string, fields: Readonly<Record<string, Shape<unknown>>>, declaredAs: string }} NamedObject
 */

/**
 * @typedef {{ name: string, type: string, isOptional: boolean, path: string }} Field
 *   `path` is where its comment is found: `METHODS/host.stop/result/ended`
 */

/** @param {Shape<unknown>} shape @param {ReadonlyArray<NamedObject>} named */
function objectOf(shape, named) {
  // optional() copies a shape, but its fields stay the same object.
  return named.find((object) => object.fields === shape.fields)
}

/**
 * @param {Shape<unknown>} shape
 * @param {ReadonlyArray<NamedObject>} named
 * @returns {string}
 */
export function typeOf(shape, named) {
  const object = objectOf(shape, named)
  if (object) return `[${object.name}](#${object.name.toLowerCase().replaceAll(' ', '-')})`
  if (!shape.item) return shape.description
  const prefix = shape.description.slice(0, -shape.item.description.length)
  return prefix + typeOf(shape.item, named)
}

/**
 * The fields of an object; those of nested objects without a name follow theirs, as `outer.inner`.
 * @param {Shape<unknown>} shape
 * @param {ReadonlyArray<NamedObject>} named
 * @param {string} path where the comments of its fields are found
 * @param {string} [prefix] of the names
 * @returns {Field[]}
 */
export function fieldsOf(shape, named, path, prefix = '') {
  return Object.entries(shape.fields ?? {}).flatMap(([name, field]) => {
    const inner = `${path}/${name}`
    const own = {
      name: prefix + name,
      type: typeOf(field, named),
      isOptional: field.isOptional === true,
      path: inner,
    }
    if (objectOf(field, named)) return [own]
    const nested = field.item
      ? objectOf(field.item, named)
        ? []
        : fieldsOf(field.item, named, inner, `${prefix}${name}[].`)
      : fieldsOf(field, named, inner, `${prefix}${name}.`)
    return [own, ...nested]
  })
}
