import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  DATA_HEADER_BYTES,
  dataFrameHeader,
  decodeFrame,
  encodeInputFrame,
  FRAME_KIND,
  INPUT_HEADER_BYTES,
} from '../src/frame.ts'
import { attachmentId, inputSequence } from '../src/ids.ts'
import { MAX_INPUT_PAYLOAD_BYTES } from '../src/limits.ts'
import { decodeRecords, encodeRecord } from '../src/record.ts'
import { inputs, records, withHexPayload } from './arbitraries.ts'
import { codeOf, refusalOf } from './outcomes.ts'

const attachments = fc.integer({ min: 0, max: 0xffff_ffff }).map(attachmentId)

describe('data frames', () => {
  test('carry their attachment and their records', () => {
    fc.assert(
      fc.property(attachments, fc.array(records, { maxLength: 5 }), (attachment, written) => {
        const bytes = Buffer.concat([dataFrameHeader(attachment), ...written.map(encodeRecord)])
        const frame = decodeFrame(bytes)
        expect(frame).toMatchObject({ kind: 'data', attachment })
        const read = frame.kind === 'data' ? decodeRecords(frame.records).records : []
        expect(read.map(withHexPayload)).toEqual(written.map(withHexPayload))
      }),
    )
  })

  test('cut inside their header are malformed', () => {
    const header = dataFrameHeader(attachmentId(7))
    for (let cut = 0; cut < DATA_HEADER_BYTES; cut += 1) {
      expect(codeOf(() => decodeFrame(header.subarray(0, cut)))).toBe('MESSAGE_MALFORMED')
    }
    expect(decodeFrame(header).kind).toBe('data')
  })
})

describe('input frames', () => {
  test('come back as they were sent', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(decodeFrame(encodeInputFrame(input))).toEqual(input)
      }),
    )
  })

  test('cut at any byte are malformed, or carry fewer bytes', () => {
    const whole = encodeInputFrame({
      attachment: attachmentId(1),
      isAnswer: false,
      isLast: false,
      sequence: inputSequence(9),
      bytes: Uint8Array.of(1, 2, 3),
    })
    for (let cut = 0; cut <= INPUT_HEADER_BYTES; cut += 1) {
      expect(codeOf(() => decodeFrame(whole.subarray(0, cut)))).toBe('MESSAGE_MALFORMED')
    }
    for (let cut = INPUT_HEADER_BYTES + 1; cut <= whole.byteLength; cut += 1) {
      const bytes = whole.subarray(INPUT_HEADER_BYTES, cut)
      expect(decodeFrame(whole.subarray(0, cut))).toMatchObject({ bytes })
    }
  })

  test('do not change when the sender reuses its buffer', () => {
    const typed = Uint8Array.of(0x6c, 0x73)
    const frame = encodeInputFrame({
      attachment: attachmentId(1),
      isAnswer: false,
      isLast: false,
      sequence: inputSequence(1),
      bytes: typed,
    })
    typed.fill(0)
    expect(frame.subarray(INPUT_HEADER_BYTES)).toEqual(Uint8Array.of(0x6c, 0x73))
  })

  test('[INPUT-6] may be empty only as the last one', () => {
    const end = {
      attachment: attachmentId(1),
      isAnswer: false,
      sequence: inputSequence(1),
      bytes: new Uint8Array(),
    }
    expect(decodeFrame(encodeInputFrame({ ...end, isLast: true }))).toMatchObject({ isLast: true })
    expect(codeOf(() => decodeFrame(encodeInputFrame({ ...end, isLast: false })))).toBe(
      'MESSAGE_MALFORMED',
    )
  })

  test('of more than 64 KiB are refused, with the limit and the actual size', () => {
    const frame = encodeInputFrame({
      attachment: attachmentId(1),
      isAnswer: false,
      isLast: true,
      sequence: inputSequence(1),
      bytes: new Uint8Array(MAX_INPUT_PAYLOAD_BYTES + 1),
    })
    const details = { bytes: MAX_INPUT_PAYLOAD_BYTES + 1, limitBytes: MAX_INPUT_PAYLOAD_BYTES }
    expect(refusalOf(() => decodeFrame(frame)).details).toEqual(details)
  })
})

describe('binary frames', () => {
  test('[VER-2] of unknown kinds are ignored, however short', () => {
    const known: readonly number[] = Object.values(FRAME_KIND)
    const kinds = Array.from({ length: 256 }, (_, kind) => kind)
    for (const kind of kinds.filter((kind) => !known.includes(kind))) {
      expect(decodeFrame(Uint8Array.of(kind))).toEqual({ kind: 'unknown' })
    }
  })

  test('made of junk are frames or a LimpetError', () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc
        .tuple(fc.constantFrom(1, 2, 3), fc.uint8Array({ maxLength: 60 }))
        .map(([kind, rest]) => Uint8Array.of(kind, ...rest)),
    )
    fc.assert(
      fc.property(junk, (bytes) => {
        const code = codeOf(() => {
          const frame = decodeFrame(bytes)
          return frame.kind === 'data' && decodeRecords(frame.records)
        })
        expect(['accepted', 'MESSAGE_MALFORMED']).toContain(code)
      }),
      { numRuns: 3000 },
    )
  })
})
