// What a log forgets is free, whoever stands still where it was.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { decodeRecords, RECORD_KIND } from '@limpet/protocol'
import { expect, test } from 'vitest'
import { MAX_SPARE_SLABS, SLAB_BYTES } from '../../src/log/limits.ts'
import { MemoryLog } from '../../src/log/index.ts'

const RETAIN_BYTES = 1024 * 1024

test('a cursor that stands still holds nothing of what came and went after it', () => {
  const log = new MemoryLog({ retainBytes: RETAIN_BYTES })
  const piece = Buffer.alloc(32 * 1024, 'x')
  log.append(RECORD_KIND.stdout, piece, 0)
  const cursor = log.openCursor(0)
  expect(cursor.read(RETAIN_BYTES)?.to).toBe(piece.length)
  const before = bufferBytes()
  for (let count = 0; count < 64 * 32; count += 1) log.append(RECORD_KIND.stdout, piece, 0)
  expect(bufferBytes() - before).toBeLessThan(RETAIN_BYTES + (2 + MAX_SPARE_SLABS) * SLAB_BYTES)
  expect(cursor.read(RETAIN_BYTES)?.gap).toEqual({ from: piece.length, to: log.keptFrom })
  expect(cursor.read(RETAIN_BYTES)?.from).toBe(log.keptFrom)
})

test('a cursor at the very end of a forgotten slab goes on without a gap', () => {
  const log = new MemoryLog({ retainBytes: RETAIN_BYTES })
  const piece = Buffer.alloc(48 * 1024, 'x')
  const readers: { readonly cursor: ReturnType<MemoryLog['openCursor']>; readonly at: number }[] =
    []
  // One cursor stops after each record: some stop where a slab ends.
  for (let count = 0; count < 200; count += 1) {
    log.append(RECORD_KIND.stdout, piece, count)
    const cursor = log.openCursor(log.end - piece.length)
    cursor.read(piece.length)
    readers.push({ cursor, at: cursor.offset })
  }
  const wrong = readers.filter(({ cursor, at }) => {
    const chunk = cursor.read(RETAIN_BYTES)
    if (at === log.end) return chunk !== undefined
    if (at < log.keptFrom) return chunk?.gap?.from !== at || chunk.gap.to !== log.keptFrom
    const [first] = decodeRecords(Buffer.concat(chunk?.parts ?? [])).records
    return chunk?.gap !== undefined || first?.offset !== at || first.payload.length !== piece.length
  })
  expect(wrong.map(({ at }) => at)).toEqual([])
})

test('memory that somebody has read is never written again', () => {
  const log = new MemoryLog({ retainBytes: RETAIN_BYTES })
  const texts: { readonly bytes: Uint8Array; readonly text: string }[] = []
  const cursor = log.openCursor(0)
  for (let count = 0; count < 400; count += 1) {
    log.append(RECORD_KIND.stdout, Buffer.alloc(32 * 1024, String(count % 10)), 0)
    // Every third record is read, and its view kept as a slow socket would.
    const [bytes] = count % 3 === 0 ? (cursor.read(RETAIN_BYTES)?.parts ?? []) : []
    if (bytes) texts.push({ bytes, text: Buffer.from(bytes).toString('latin1') })
  }
  expect(texts.length).toBeGreaterThan(100)
  expect(texts.every(({ bytes, text }) => Buffer.from(bytes).toString('latin1') === text)).toBe(
    true,
  )
})

/** Memory of buffers once garbage is gone. */
function bufferBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void // what the flag adds
  collect()
  return process.memoryUsage().arrayBuffers
}
