import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { MAX_RECORD_PAYLOAD_BYTES } from '../src/limits.ts'
import { byteOffset } from '../src/ids.ts'
import {
  decodeRecords,
  encodeRecord,
  loggedBytes,
  readRecordHeader,
  readUint64,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
  viewOf,
  writeRecordHeader,
  writeUint64,
  type LogRecord,
} from '../src/record.ts'
import { records, withHexPayload } from './arbitraries.ts'
import { codeOf, refusalOf } from './outcomes.ts'

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function record(fields: Partial<LogRecord> = {}): LogRecord {
  return {
    kind: RECORD_KIND.stdout,
    isContinued: false,
    offset: byteOffset(0),
    timeUs: 0,
    payload: Uint8Array.of(1),
    ...fields,
  }
}

describe('records', () => {
  test('come back as they were written, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 20 }), (written) => {
        const bytes = joined(written.map(encodeRecord))
        const read = decodeRecords(bytes)
        expect(read.records.map(withHexPayload)).toEqual(written.map(withHexPayload))
        expect(read.consumedBytes).toBe(bytes.byteLength)
      }),
    )
  })

  test('cut at any byte give the whole ones before the cut, and leave the torn one', () => {
    const written = ['a', 'bc', 'def'].map((text, index) =>
      record({ offset: byteOffset(index * 10), payload: new TextEncoder().encode(text) }),
    )
    const parts = written.map(encodeRecord)
    const whole = joined(parts)
    const ends = parts.map((_, index) => joined(parts.slice(0, index + 1)).byteLength)
    for (let cut = 0; cut <= whole.byteLength; cut += 1) {
      const count = ends.filter((end) => end <= cut).length
      expect(decodeRecords(whole.subarray(0, cut))).toEqual({
        records: written.slice(0, count),
        consumedBytes: ends[count - 1] ?? 0,
      })
    }
  })

  test('are read where they lie, without a copy, also inside a larger buffer', () => {
    const bytes = encodeRecord(record({ payload: Uint8Array.of(7, 8, 9) }))
    const larger = new Uint8Array(bytes.byteLength + 10)
    larger.set(bytes, 5)
    const [read] = decodeRecords(larger.subarray(5, 5 + bytes.byteLength)).records
    larger[5 + RECORD_HEADER_BYTES] = 99
    expect(read?.payload).toEqual(Uint8Array.of(99, 8, 9))
  })

  test('of 64 KiB are the largest', () => {
    const largest = record({ payload: new Uint8Array(MAX_RECORD_PAYLOAD_BYTES).fill(0xaa) })
    expect(decodeRecords(encodeRecord(largest)).records).toEqual([largest])
    const over = encodeRecord(record({ payload: new Uint8Array(MAX_RECORD_PAYLOAD_BYTES + 1) }))
    expect(refusalOf(() => decodeRecords(over))).toMatchObject({
      code: 'MESSAGE_MALFORMED',
      details: {
        payloadBytes: MAX_RECORD_PAYLOAD_BYTES + 1,
        limitBytes: MAX_RECORD_PAYLOAD_BYTES,
      },
    })
  })

  test('[LOG-1] are never empty', () => {
    const empty = encodeRecord(record({ payload: new Uint8Array() }))
    expect(codeOf(() => decodeRecords(empty))).toBe('MESSAGE_MALFORMED')
  })

  test('[LOG-1] take up offsets by their payload, whatever their kind; a gap takes up none', () => {
    const payload = new Uint8Array(5)
    const taken = Object.values(RECORD_KIND).map((kind) => loggedBytes(record({ kind, payload })))
    expect(taken).toEqual([5, 5, 5, 5, 5, 5, 0])
    expect(loggedBytes(record({ kind: 200, payload }))).toBe(5)
  })

  test('made of junk are records or a LimpetError, and never more bytes than there were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (junk) => {
        const code = codeOf(() => {
          const { consumedBytes } = decodeRecords(junk)
          expect(consumedBytes).toBeLessThanOrEqual(junk.byteLength)
        })
        expect(['accepted', 'MESSAGE_MALFORMED']).toContain(code)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('record headers', () => {
  test('are 24 bytes, big-endian, at any place of a buffer', () => {
    const target = new Uint8Array(40).fill(0xee)
    const header = { kind: 2, flags: 1, payloadBytes: 3, offset: 2 ** 40 + 5, timeUs: 2 ** 50 + 7 }
    writeRecordHeader(viewOf(target), 8, header)
    expect(readRecordHeader(viewOf(target), 8)).toEqual(header)
    expect(Buffer.from(target).toString('hex')).toBe(
      'ee'.repeat(8) +
        '0201' +
        '0000' +
        '00000003' +
        '0000010000000005' +
        '0004000000000007' +
        'ee'.repeat(8),
    )
  })

  test('hold numbers up to 2^53−1 exactly', () => {
    const view = new DataView(new ArrayBuffer(8))
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        writeUint64(view, 0, value)
        expect([readUint64(view, 0), view.getBigUint64(0)]).toEqual([value, BigInt(value)])
      }),
    )
  })
})
