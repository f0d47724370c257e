import { expect, test } from 'vitest'
import { firstViewBytes, type BuiltChunk } from '../build/size-budget.ts'

const chunk = (fileName: string, facts: Partial<BuiltChunk> = {}): BuiltChunk => ({
  fileName,
  code: 'x',
  isEntry: false,
  imports: [],
  ...facts,
})

test('the first view counts what the entry needs, once, and nothing that is loaded on demand', () => {
  const entry = chunk('main.js', { isEntry: true, imports: ['a.js', 'b.js'] })
  const shared = chunk('b.js', { imports: ['a.js'] })
  const needed = [entry, chunk('a.js'), shared]
  const all = [...needed, chunk('addon.js', { code: 'y'.repeat(10_000) })]
  expect(firstViewBytes(all)).toBe(firstViewBytes(needed))
  expect(firstViewBytes(all)).toBe(3 * firstViewBytes([chunk('one.js', { isEntry: true })]))
})
