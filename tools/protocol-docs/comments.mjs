// Owns finding the comments that stand above declared fields and constants, so that the reference says in words
// what the shapes cannot. Must not know what it is for. Before: a source file; after: tables.mjs.
import { parseSync } from 'vite'

/** @typedef {import('vite').ESTree.Node} Node */

/**
 * The comments above constants and above the properties of their object literals, also inside calls.
 * @param {string} file its name, for the parser
 * @param {string} text
 * @returns {Map<string, string>} for example `METHODS/session.attach/params/from` → its comment, on one line
 */
export function commentsIn(file, text) {
  const { program, comments } = parseSync(file, text)
  /** @type {Map<string, string>} */
  const found = new Map()

  /** @param {string} path @param {{ start: number }} node */
  const note = (path, { start }) => {
    const above = comments.findLast((comment) => comment.end <= start)
    const isAbove = above && text.slice(above.end, start).trim() === ''
    if (isAbove && above.value.startsWith('*')) found.set(path, onOneLine(above.value))
  }

  /** @param {Node | null} node @param {string} path */
  const walk = (node, path) => {
    if (node === null) return
    if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression') {
      walk(node.expression, path)
    } else if (node.type === 'CallExpression') {
      for (const argument of node.arguments) walk(argument, path)
    } else if (node.type === 'ObjectExpression') {
      for (const property of node.properties) {
        if (property.type !== 'Property') continue
        const inner = `${path}/${nameOf(property.key)}`
        note(inner, property)
        walk(property.value, inner)
      }
    }
  }

  for (const statement of program.body) {
    const declaration =
      statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration') continue
    for (const { id, init } of declaration.declarations) {
      if (id.type !== 'Identifier') continue
      note(id.name, statement)
      walk(init, id.name)
    }
  }
  return found
}

/** @param {Node} key */
function nameOf(key) {
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' ? String(key.value) : ''
}

/** @param {string} comment without its delimiters */
function onOneLine(comment) {
  return comment
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s*/, '').trim())
    .join(' ')
    .trim()
}
