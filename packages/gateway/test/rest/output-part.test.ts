// Tests which bytes of a log belong into one answer: every byte once, whatever the limit, gaps said aloud.
import { byteOffset, decodeRecords, encodeRecord, RECORD_KIND } from '@limpet/protocol'
import { expect, test } from 'vitest'
import { OutputPart } from '../../src/rest/output-part.ts'

const EXIT = '{"code":0,"signal":null,"durationMs":1}'

function record(kind: keyof typeof RECORD_KIND, offset: number, text: string): Uint8Array {
  const at = { offset: byteOffset(offset), timeUs: 1 }
  return encodeRecord({ kind: RECORD_KIND[kind], ...at, payload: Buffer.from(text) })
}

/** stdout "abcdef", a size, stderr "ghi", the exit. */
const SIZE = '{"columns":80,"rows":24}'
const END = 6 + SIZE.length + 3 + EXIT.length
const LOG = Buffer.concat([
  record('stdout', 0, 'abcdef'),
  record('resize', 6, SIZE),
  record('stderr', 6 + SIZE.length, 'ghi'),
  record('exit', 9 + SIZE.length, EXIT),
])

function partOf(
  bytes: Uint8Array,
  options: Partial<ConstructorParameters<typeof OutputPart>[0]>,
): OutputPart {
  const part = new OutputPart({ from: 0, limitBytes: 1000, format: 'bytes', ...options })
  part.add(bytes)
  part.expect(END)
  return part
}

test('all of a log is its output, facts left out, and the exit ends it', () => {
  const part = partOf(LOG, {})
  expect(part.body.toString()).toBe('abcdefghi')
  expect(part).toMatchObject({ from: 0, next: END, end: END, hasExit: true, isComplete: true })
})

test('whatever the limit, the parts together are the whole and none is larger, but for a fact', () => {
  for (let limitBytes = 1; limitBytes <= END; limitBytes += 1) {
    let text = ''
    let from = 0
    while (from < END) {
      // As the host does: it begins inside a record with the rest of it.
      const rest = decodeRecords(LOG).records.flatMap((one) => {
        const skip = Math.max(0, from - one.offset)
        if (skip >= one.payload.byteLength) return []
        const payload = one.payload.subarray(skip)
        return [encodeRecord({ ...one, offset: byteOffset(one.offset + skip), payload })]
      })
      const part = partOf(Buffer.concat(rest), { from, limitBytes })
      expect(part.next).toBeGreaterThan(from)
      expect(part.body.length).toBeLessThanOrEqual(limitBytes)
      text += part.body.toString()
      from = part.next
    }
    expect([limitBytes, text]).toEqual([limitBytes, 'abcdefghi'])
  }
})

test('a gap at the front moves the part, one behind something waits for the next', () => {
  const gap = record('gap', 10, '{"from":0,"to":10}')
  const behind = record('stdout', 10, 'xyz')
  const part = partOf(Buffer.concat([gap, behind]), {})
  expect(part).toMatchObject({ from: 10, next: 13, gap: { from: 0, to: 10 } })
  const second = record('gap', 20, '{"from":13,"to":20}')
  const two = partOf(Buffer.concat([behind, second, record('stdout', 20, 'q')]), { from: 10 })
  expect(two).toMatchObject({ from: 10, next: 13, gap: undefined, isComplete: true })
  expect(two.body.toString()).toBe('xyz')
})

test('records are whole records, as on the wire', () => {
  const part = partOf(LOG, { format: 'records', limitBytes: 8 })
  const { records, consumedBytes } = decodeRecords(part.body)
  expect(consumedBytes).toBe(part.body.length)
  expect(records.map(({ kind }) => kind)).toEqual([RECORD_KIND.stdout])
  expect(partOf(LOG, { format: 'records' }).body.equals(LOG)).toBe(true)
})

test('an exit that comes behind bytes which were left for the next answer waits with them', () => {
  const part = new OutputPart({ from: 0, limitBytes: 1000, format: 'bytes' })
  part.expect(3)
  // More was written between the answer of the host and its first frame.
  const frames = [record('stdout', 0, 'abc'), record('stdout', 3, 'def'), record('exit', 6, EXIT)]
  part.add(Buffer.concat(frames))
  expect(part.body.toString()).toBe('abc')
  expect(part).toMatchObject({ next: 3, end: 3, hasExit: false, isComplete: true })
  const whole = new OutputPart({ from: 0, limitBytes: 1000, format: 'bytes' })
  whole.expect(3)
  whole.add(Buffer.concat([record('stdout', 0, 'abc'), record('exit', 3, EXIT)]))
  expect(whole).toMatchObject({ next: 3 + EXIT.length, hasExit: true })
})

test('a gap up to the end of the log is an answer: nothing more is on its way', () => {
  const part = new OutputPart({ from: 0, limitBytes: 1000, format: 'bytes' })
  part.expect(10)
  part.add(record('gap', 10, '{"from":0,"to":10}'))
  expect(part).toMatchObject({ from: 10, next: 10, end: 10, isComplete: true })
})
