import { expect, test } from 'vitest'

import { fillMarkers } from '../generate-protocol-docs.mjs'
import { commentsIn } from '../protocol-docs/comments.mjs'
import { fieldsOf, typeOf } from '../protocol-docs/types.mjs'

const SOURCE = `
/** How long, in bytes. */
export const LIMIT = 5
const view = object({
  /** Chosen by
   *  the client. */
  id: integer(),
  // not for the reference
  size: optional(size({ /** Wide. */ columns: integer() })),
})
export const METHODS = {
  'a.b': { params: object({ /** Where. */ from: text() }) },
} as const satisfies Methods
`

test('comments are found above constants and above properties at any depth', () => {
  expect(Object.fromEntries(commentsIn('source.ts', SOURCE))).toEqual({
    LIMIT: 'How long, in bytes.',
    'view/id': 'Chosen by the client.',
    'view/size/columns': 'Wide.',
    'METHODS/a.b/params/from': 'Where.',
  })
})

test('markers are filled with their part, whatever stood between them', () => {
  const document =
    'a\n<!-- generated: x -->\nold\n<!-- end -->\nb\n<!-- generated: y -->\n<!-- end -->\n'
  const filled = fillMarkers(document, { x: 'new', y: '$& table' })
  expect(filled).toBe(
    'a\n<!-- generated: x -->\n\nnew\n\n<!-- end -->\nb\n<!-- generated: y -->\n\n$& table\n\n<!-- end -->\n',
  )
  expect(fillMarkers(filled, { x: 'new', y: '$& table' })).toBe(filled)
  expect(() => fillMarkers(document, { x: 'new' })).toThrow('no part is named y')
})

test('types link to objects that have a table, and nested fields follow theirs', () => {
  const decode = (value: unknown): unknown => value
  const leaf = { decode, description: 'number' }
  const size = { decode, description: 'object', fields: { columns: leaf } }
  const named = [{ name: 'Terminal size', fields: size.fields, declaredAs: 'sizeShape' }]
  const optionalSize = { ...size, isOptional: true }
  const anonymous = { decode, description: 'object', fields: { inner: leaf } }
  const list = { decode, description: 'list of 0 to 3: object', item: anonymous }
  const sizes = { decode, description: 'list of 0 to 3: object', item: size }
  expect(typeOf(sizes, named)).toBe('list of 0 to 3: [Terminal size](#terminal-size)')
  const outer = { decode, description: 'object', fields: { size: optionalSize, list } }
  expect(fieldsOf(outer, named, 'X')).toEqual([
    { name: 'size', type: '[Terminal size](#terminal-size)', isOptional: true, path: 'X/size' },
    { name: 'list', type: 'list of 0 to 3: object', isOptional: false, path: 'X/list' },
    { name: 'list[].inner', type: 'number', isOptional: false, path: 'X/list/inner' },
  ])
})
