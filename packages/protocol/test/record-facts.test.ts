import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { byteOffset } from '../src/ids.ts'
import { encodeFact, factOf } from '../src/record-facts.ts'
import { RECORD_KIND, type LogRecord } from '../src/record.ts'
import { encodeUtf8 } from '../src/utf8.ts'
import { NASTY_JSON, records } from './arbitraries.ts'
import { codeOf } from './outcomes.ts'

function record(kind: number, payload: Uint8Array, isContinued = false): LogRecord {
  return { kind, isContinued, offset: byteOffset(0), timeUs: 0, payload }
}

describe('facts', () => {
  test('come back as they were encoded', () => {
    const size = { columns: 132, rows: 43 }
    const exit = { code: null, signal: 'SIGKILL', durationMs: 12.25 }
    const gap = { from: byteOffset(3), to: byteOffset(9) }
    const responder = { type: 'responder', viewer: 'v1', from: byteOffset(5) } as const
    const discarded = { type: 'output-discarded', stream: 'stderr' } as const
    expect([
      factOf(record(RECORD_KIND.resize, encodeFact(size))),
      factOf(record(RECORD_KIND.exit, encodeFact(exit))),
      factOf(record(RECORD_KIND.gap, encodeFact(gap))),
      factOf(record(RECORD_KIND.marker, encodeFact(responder))),
      factOf(record(RECORD_KIND.marker, encodeFact(discarded))),
    ]).toEqual([
      { type: 'resize', size },
      { type: 'exit', exit },
      { type: 'gap', gap },
      { type: 'marker', marker: responder },
      { type: 'marker', marker: discarded },
    ])
  })

  test('[LOG-3] output is the very bytes of the record, not a copy and not text', () => {
    const payload = Uint8Array.of(0xff, 0xc3, 0x28)
    const fact = factOf(record(RECORD_KIND.stderr, payload))
    expect(fact).toEqual({ type: 'output', stream: 'stderr', bytes: payload })
    expect(fact.type === 'output' && fact.bytes).toBe(payload)
  })

  test('whose head was not sent say nothing, and are no fault', () => {
    for (const kind of [RECORD_KIND.resize, RECORD_KIND.marker, RECORD_KIND.exit]) {
      expect(factOf(record(kind, encodeUtf8('mns":80}'), true))).toEqual({ type: 'unknown', kind })
    }
  })

  test('of a kind or a marker that this build does not know are unknown', () => {
    expect(factOf(record(RECORD_KIND.kernel, encodeUtf8('{}'))).type).toBe('unknown')
    expect(factOf(record(77, Uint8Array.of(1)))).toEqual({ type: 'unknown', kind: 77 })
    const marker = record(RECORD_KIND.marker, encodeUtf8('{"type":"title","text":"vim"}'))
    expect(factOf(marker)).toEqual({ type: 'unknown', kind: RECORD_KIND.marker })
  })

  test.each(NASTY_JSON)('holding %.40s are malformed, or a marker to skip', (text) => {
    const payload = encodeUtf8(text)
    for (const kind of [RECORD_KIND.resize, RECORD_KIND.exit, RECORD_KIND.gap]) {
      expect(codeOf(() => factOf(record(kind, payload)))).toBe('MESSAGE_MALFORMED')
    }
    expect(factOf(record(RECORD_KIND.marker, payload)).type).toBe('unknown')
  })

  test('of random records are read or refused as malformed', () => {
    fc.assert(
      fc.property(records, (any) => {
        expect(['accepted', 'MESSAGE_MALFORMED']).toContain(codeOf(() => factOf(any)))
      }),
      { numRuns: 1000 },
    )
  })

  test('[LOG-2] a gap goes forwards by at least one byte', () => {
    for (const gap of ['{"from":5,"to":5}', '{"from":6,"to":5}', '{"from":-1,"to":5}']) {
      const faulty = record(RECORD_KIND.gap, encodeUtf8(gap))
      expect(codeOf(() => factOf(faulty))).toBe('MESSAGE_MALFORMED')
    }
  })
})
