// Owns what random tests of the protocol draw from: records, frames, and values that a shape would never expect.
import fc from 'fast-check'

import { MAX_INPUT_PAYLOAD_BYTES } from '../src/limits.ts'
import { attachmentId, byteOffset, inputSequence } from '../src/ids.ts'
import type { InputFrame } from '../src/frame.ts'
import type { LogRecord } from '../src/record.ts'

const BIG_BYTES = 64 * 1024

/** Mostly small, sometimes as large as a record may be. */
const payloads: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 20, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: BIG_BYTES - 2, max: BIG_BYTES }).map((n) => new Uint8Array(n)),
  },
)

export const records: fc.Arbitrary<LogRecord> = fc.record({
  kind: fc.integer({ min: 0, max: 255 }),
  isContinued: fc.boolean(),
  offset: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - BIG_BYTES }).map(byteOffset),
  timeUs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  payload: payloads,
})

export const inputs: fc.Arbitrary<InputFrame> = fc.record({
  kind: fc.constant('input' as const),
  attachment: fc.integer({ min: 0, max: 0xffff_ffff }).map(attachmentId),
  isAnswer: fc.boolean(),
  isLast: fc.boolean(),
  sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(inputSequence),
  bytes: fc.oneof(
    { weight: 20, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 200 }) },
    { weight: 1, arbitrary: fc.constant(new Uint8Array(MAX_INPUT_PAYLOAD_BYTES)) },
  ),
})

/** Lists or objects inside each other, `depth` times. */
export function nested(depth: number, open: '[' | '{"a":'): string {
  return open.repeat(depth) + '1' + (open === '[' ? ']' : '}').repeat(depth)
}

/** JSON texts that have broken other decoders. */
export const NASTY_JSON: readonly string[] = [
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e308',
  '1e309',
  '9007199254740992',
  '4294967296',
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"constructor"',
  '[]',
  '[[]]',
  '{}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":null,"hasOwnProperty":1}',
  `"${'x'.repeat(200_000)}"`,
  nested(10_000, '['),
  nested(10_000, '{"a":'),
]

/** Any JSON text, nasty ones included. */
export const foreignTexts: fc.Arbitrary<string> = fc.oneof(
  fc.json(),
  fc.constantFrom(...NASTY_JSON),
)

export const foreignValues: fc.Arbitrary<unknown> = foreignTexts.map(
  (text) => JSON.parse(text) as unknown,
)

/** For comparing many: element by element, large payloads take seconds. */
export function withHexPayload(
  record: LogRecord,
): Omit<LogRecord, 'payload'> & { payload: string } {
  return { ...record, payload: Buffer.from(record.payload).toString('hex') }
}
