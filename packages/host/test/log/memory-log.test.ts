import {
  decodeRecords,
  factOf,
  loggedBytes,
  MAX_RECORD_PAYLOAD_BYTES,
  RECORD_KIND,
} from '@limpet/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryLog, type LogChunk } from '../../src/log/index.ts'

const stdout = RECORD_KIND.stdout

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function recordsOf(chunk: LogChunk | undefined): ReturnType<typeof decodeRecords>['records'] {
  return decodeRecords(Buffer.concat(chunk?.parts ?? [])).records
}

describe('MemoryLog', () => {
  it('counts offsets over records of every kind [LOG-1]', () => {
    const log = new MemoryLog()
    log.append(stdout, bytesOf('abc'), 1)
    log.append(RECORD_KIND.stderr, bytesOf('de'), 2)
    log.append(RECORD_KIND.marker, bytesOf('{}'), 3)
    const records = recordsOf(log.openCursor(0).read(1000))
    expect(records.map(({ kind, offset, timeUs }) => ({ kind, offset, timeUs }))).toEqual([
      { kind: 1, offset: 0, timeUs: 1 },
      { kind: 2, offset: 3, timeUs: 2 },
      { kind: 5, offset: 5, timeUs: 3 },
    ])
    expect(log.end).toBe(7)
  })

  it('gives the rest of a record under a new header when a read begins inside it [LOG-1]', () => {
    const log = new MemoryLog()
    log.append(stdout, bytesOf('hello'), 7)
    log.append(stdout, bytesOf('!'), 8)
    const cursor = log.openCursor(2)
    const [rest] = recordsOf(cursor.read(1000))
    expect(rest).toMatchObject({ kind: 1, isContinued: true, offset: 2, timeUs: 7 })
    expect(Buffer.from(rest?.payload ?? []).toString()).toBe('llo')
    expect(recordsOf(cursor.read(1000))).toMatchObject([{ isContinued: false, offset: 5 }])
    expect(cursor.read(1000)).toBeUndefined()
  })

  it('hands over a view of its memory, not a copy', () => {
    const log = new MemoryLog()
    log.append(stdout, bytesOf('abc'), 1)
    const first = log.openCursor(0).read(1000)?.parts[0]
    const second = log.openCursor(0).read(1000)?.parts[0]
    expect(first?.buffer).toBe(second?.buffer)
  })

  it('stops before a record that does not fit, and takes no part of it', () => {
    const log = new MemoryLog()
    log.append(stdout, bytesOf('aaaa'), 1)
    log.append(stdout, bytesOf('bbbb'), 2)
    const cursor = log.openCursor(0)
    expect(cursor.read(7)).toMatchObject({ from: 0, to: 4 })
    expect(cursor.read(3)).toBeUndefined()
    expect(cursor.read(4)).toMatchObject({ from: 4, to: 8 })
  })

  it('splits a payload above the largest into several records', () => {
    const log = new MemoryLog()
    log.append(stdout, new Uint8Array(MAX_RECORD_PAYLOAD_BYTES + 1), 1)
    const cursor = log.openCursor(0)
    const sizes: number[] = []
    for (let chunk = cursor.read(2 ** 20); chunk; chunk = cursor.read(2 ** 20)) {
      sizes.push(...recordsOf(chunk).map((record) => record.payload.byteLength))
    }
    expect(sizes).toEqual([MAX_RECORD_PAYLOAD_BYTES, 1])
  })

  it('says a gap first when bytes are no longer kept, and goes on right behind it [LOG-2]', () => {
    const log = new MemoryLog({ retainBytes: 8192 })
    for (let line = 0; line < 1000; line++)
      log.append(stdout, bytesOf(`line ${line}\n`.padEnd(64)), line)
    expect(log.keptFrom).toBeGreaterThan(0)
    const cursor = log.openCursor(10)
    const gap = cursor.read(1000)
    expect(gap?.gap).toEqual({ from: 10, to: log.keptFrom })
    expect(recordsOf(gap).map((record) => factOf(record))).toEqual([
      { type: 'gap', gap: { from: 10, to: log.keptFrom } },
    ])
    expect(cursor.read(100_000)?.from).toBe(log.keptFrom)
  })

  it('keeps the newest bytes within retention and one slab, however much is written [LOG-5]', () => {
    const log = new MemoryLog({ retainBytes: 1024 * 1024 })
    const block = new Uint8Array(50_000)
    for (let count = 0; count < 200; count++) {
      log.append(stdout, block, count)
      expect(log.heldBytes).toBeLessThanOrEqual(1024 * 1024 + 2 * 256 * 1024)
    }
    expect(log.end - log.keptFrom).toBeGreaterThanOrEqual(1024 * 1024 - 256 * 1024)
  })

  it('costs an idle session one small slab', () => {
    const log = new MemoryLog()
    expect(log.heldBytes).toBe(0)
    log.append(stdout, bytesOf('$ '), 1)
    expect(log.heldBytes).toBe(4096)
  })

  it('gives every reader each byte once, in order, or a gap that names it [LOG-2]', () => {
    const step = fc.oneof(
      fc.record({ write: fc.integer({ min: 1, max: 3000 }) }),
      fc.record({ reader: fc.nat({ max: 2 }), limit: fc.integer({ min: 1, max: 5000 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const log = new MemoryLog({ retainBytes: 16_384 })
        const readers = [0, 1, 2].map(() => ({ cursor: log.openCursor(0), next: 0 }))
        let written = 0
        for (const action of steps) {
          if ('write' in action) {
            const payload = Uint8Array.from(
              { length: action.write },
              (_, at) => (written + at) % 251,
            )
            log.append(stdout, payload, written)
            written += action.write
            continue
          }
          const reader = readers[action.reader]
          const chunk = reader?.cursor.read(action.limit)
          if (!reader || !chunk) continue
          expect(chunk.from).toBe(reader.next)
          reader.next = chunk.to
          if (chunk.gap) continue
          let offset = chunk.from
          for (const record of recordsOf(chunk)) {
            expect(record.offset).toBe(offset)
            record.payload.forEach((byte, at) => expect(byte).toBe((record.offset + at) % 251))
            offset += loggedBytes(record)
          }
          expect(offset).toBe(chunk.to)
          expect(chunk.to - chunk.from).toBeLessThanOrEqual(action.limit)
        }
      }),
      { numRuns: 100 },
    )
  })
})
