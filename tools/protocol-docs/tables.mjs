// Owns the generated parts of docs/PROTOCOL.md and docs/ERRORS.md as Markdown. Must not know files.
// Before: the tables of @limpet/protocol and the comments beside them; after: generate-protocol-docs.mjs.
import { fieldsOf } from './types.mjs'

/** @import { Shape } from '../../packages/protocol/src/index.ts' */
/** @import { Field, NamedObject } from './types.mjs' */
/** @typedef {typeof import('../../packages/protocol/src/index.ts')} Protocol */
/** @typedef {ReadonlyMap<string, string>} Comments */
/** @typedef {{ protocol: Protocol, comments: Comments, named: ReadonlyArray<NamedObject> }} Sources */

/**
 * @param {ReadonlyArray<string>} head
 * @param {ReadonlyArray<ReadonlyArray<string>>} rows
 * @returns {string}
 */
function table(head, rows) {
  const line = (/** @type {ReadonlyArray<string>} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

/** @param {string} text */
function code(text) {
  return `\`${text}\``
}

/** @param {ReadonlyArray<Field>} fields @param {Comments} comments */
function fieldTable(fields, comments) {
  return table(
    ['field', 'type', 'meaning'],
    fields.map(({ name, type, isOptional, path }) => [
      code(name) + (isOptional ? ' *optional*' : ''),
      type,
      comments.get(path) ?? '',
    ]),
  )
}

/**
 * @param {string} title
 * @param {Shape<unknown>} shape
 * @param {string} path
 * @param {Sources} sources
 * @returns {string} nothing for an object without fields
 */
function fieldsTitled(title, shape, path, { named, comments }) {
  const fields = fieldsOf(shape, named, path)
  if (fields.length === 0) return ''
  return `${title}\n\n${fieldTable(fields, comments)}`
}

/** @param {ReadonlyArray<string>} parts */
function paragraphs(parts) {
  return parts.filter((part) => part !== '').join('\n\n')
}

/** @param {Sources} sources */
export function methodOverview({ protocol }) {
  return table(
    ['method', 'right', 'answered by', 'what it does'],
    Object.entries(protocol.METHODS).map(([name, { right, servedBy, summary }]) => [
      `[${code(name)}](#${name.replaceAll('.', '')})`,
      right,
      servedBy === 'link' ? 'host, links only' : servedBy,
      summary,
    ]),
  )
}

/** @param {Sources} sources */
export function methodDetails(sources) {
  return paragraphs(
    Object.entries(sources.protocol.METHODS).flatMap(([name, method]) => {
      const errors = method.errors.map(code).join(', ')
      return [
        `#### ${name}`,
        method.summary,
        fieldsTitled('Parameters:', method.params, `METHODS/${name}/params`, sources),
        fieldsTitled('Answer:', method.result, `METHODS/${name}/result`, sources),
        errors && `Errors: ${errors}.`,
      ]
    }),
  )
}

/** @param {Sources} sources */
export function notificationDetails(sources) {
  return paragraphs(
    Object.entries(sources.protocol.NOTIFICATIONS).flatMap(([name, { from, summary, params }]) => [
      `#### ${name}`,
      `From the ${from}. ${summary}`,
      fieldsTitled('Parameters:', params, `NOTIFICATIONS/${name}/params`, sources),
    ]),
  )
}

/** @param {Sources} sources */
export function objectDetails({ named, comments }) {
  return paragraphs(
    named.flatMap(({ name, fields, declaredAs }) => [
      `#### ${name}`,
      comments.get(declaredAs) ?? '',
      fieldTable(
        fieldsOf({ decode: (value) => value, description: 'object', fields }, named, declaredAs),
        comments,
      ),
    ]),
  )
}

/** @param {Sources} sources */
export function recordKinds({ protocol, comments }) {
  return table(
    ['kind', 'name', 'payload'],
    Object.entries(protocol.RECORD_KIND).map(([name, kind]) => [
      String(kind),
      name,
      comments.get(`RECORD_KIND/${name}`) ?? '',
    ]),
  )
}

/** @param {Sources} sources @param {Readonly<Record<string, unknown>>} limits */
export function limitTable({ comments }, limits) {
  return table(
    ['limit', 'value', 'meaning'],
    Object.entries(limits).map(([name, value]) => [
      code(name),
      String(value),
      comments.get(name) ?? '',
    ]),
  )
}

/** @param {Sources} sources */
export function errorTable({ protocol }) {
  const methods = Object.entries(protocol.METHODS)
  return table(
    ['code', 'meaning', 'JSON-RPC', 'HTTP', 'close', 'retriable', 'answered by'],
    Object.entries(protocol.ERRORS).map(([name, error]) => {
      const answeredBy = methods
        .filter(([, { errors }]) => errors.some((answered) => answered === name))
        .map(([method]) => code(method))
      const isOfMost = answeredBy.length > methods.length / 2
      return [
        code(name),
        error.meaning,
        String(error.rpc),
        String(error.http),
        'close' in error ? String(error.close) : '',
        error.retriable ? 'yes' : 'no',
        isOfMost ? 'every method that needs a right' : answeredBy.join(', '),
      ]
    }),
  )
}
