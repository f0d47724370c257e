// The data file for other languages, read both ways: our codec makes of it what it says, and says it again.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

import { LimpetError } from '../src/errors.ts'
import {
  checkpointFrameHeader,
  dataFrameHeader,
  decodeFrame,
  encodeInputFrame,
} from '../src/frame.ts'
import { attachmentId, byteOffset, inputSequence } from '../src/ids.ts'
import {
  decodeMessage,
  decodeNotification,
  decodeParams,
  decodeResult,
  encodeError,
  encodeNotification,
  encodeRequest,
  encodeResult,
  methodNamed,
  notificationNamed,
} from '../src/json-rpc.ts'
import { PROTOCOL_VERSION } from '../src/limits.ts'
import { METHODS } from '../src/methods.ts'
import { factOf } from '../src/record-facts.ts'
import { decodeRecords, encodeRecord, RECORD_KIND, type LogRecord } from '../src/record.ts'
import { codeOf, refusalOf } from './outcomes.ts'
import { bytesOf, hexOf, VECTORS, type ControlMessage, type RecordVector } from './vectors.ts'

function recordOf(vector: RecordVector): LogRecord {
  const { kind, isContinued, timeUs } = vector
  return {
    kind,
    isContinued,
    timeUs,
    offset: byteOffset(vector.offset),
    payload: bytesOf(vector.payload),
  }
}

/** What a viewer does with a frame: frame, records without a torn one, facts. */
function readFrame(bytes: Uint8Array): void {
  const frame = decodeFrame(bytes)
  if (frame.kind !== 'data') return
  const { records, consumedBytes } = decodeRecords(frame.records)
  if (consumedBytes !== frame.records.byteLength) {
    throw new LimpetError('MESSAGE_MALFORMED', 'A data frame ends inside a record.')
  }
  for (const record of records) factOf(record)
}

/** What a host does with a text frame: envelope, name, parameters. */
function readMessage(text: string): unknown {
  const message = decodeMessage(text)
  if (message.kind === 'request') return decodeParams(methodNamed(message.method), message.params)
  return message
}

/** Decodes the message by its table and encodes it again. */
function rewrite(message: ControlMessage, answers: string | undefined): string {
  const decoded = decodeMessage(JSON.stringify(message))
  if (decoded.kind === 'error') return encodeError(decoded.id, decoded.error)
  if (decoded.kind === 'result') {
    const method = methodNamed(answers ?? '')
    return encodeResult(decoded.id, method, decodeResult(method, decoded.result))
  }
  if (decoded.kind === 'request') {
    const method = methodNamed(decoded.method)
    return encodeRequest(decoded.id, method, decodeParams(method, decoded.params))
  }
  const method = notificationNamed(decoded.method)
  if (method === undefined) throw new Error(`no notification ${decoded.method}`)
  return encodeNotification(method, decodeNotification(method, decoded.params))
}

test('the vectors are of this version of the protocol', () => {
  expect(VECTORS.protocol).toBe(PROTOCOL_VERSION)
})

describe('record:', () => {
  test.each(VECTORS.records)('$name', ({ hex, decoded }) => {
    const { fact, ...fields } = decoded
    const record = recordOf(fields)
    const bytes = bytesOf(hex)
    expect(decodeRecords(bytes)).toEqual({ records: [record], consumedBytes: bytes.byteLength })
    const expected = fact['type'] === 'output' ? { ...fact, bytes: record.payload } : fact
    expect(factOf(record)).toEqual(expected)
  })

  // Reserved bytes and flags that this build does not know are not written again.
  const plain = VECTORS.records.filter(({ hex }) => /^.. 0[01] 0000 /.test(hex))

  test.each(plain)('$name, written', ({ hex, decoded }) => {
    expect(hexOf(encodeRecord(recordOf(decoded)))).toBe(hexOf(bytesOf(hex)))
  })

  test('there is one of every kind that is in use', () => {
    const kinds = new Set(VECTORS.records.map(({ decoded }) => decoded.kind))
    const { kernel: _reserved, ...inUse } = RECORD_KIND
    expect(Object.values(inUse).filter((kind) => !kinds.has(kind))).toEqual([])
  })
})

describe('data frame:', () => {
  test.each(VECTORS.dataFrames)('$name', ({ hex, decoded }) => {
    const bytes = bytesOf(hex)
    const attachment = attachmentId(decoded.attachment)
    const records = decoded.records.map(recordOf)
    const frame = decodeFrame(bytes)
    expect(frame).toMatchObject({ kind: 'data', attachment })
    expect(frame.kind === 'data' && decodeRecords(frame.records).records).toEqual(records)
    const written = Buffer.concat([dataFrameHeader(attachment), ...records.map(encodeRecord)])
    expect(hexOf(written)).toBe(hexOf(bytes))
  })
})

describe('input frame:', () => {
  test.each(VECTORS.inputFrames)('$name', ({ hex, decoded }) => {
    const { payload, ...fields } = decoded
    const frame = {
      ...fields,
      kind: 'input' as const,
      attachment: attachmentId(fields.attachment),
      sequence: inputSequence(fields.sequence),
      bytes: bytesOf(payload),
    }
    expect(decodeFrame(bytesOf(hex))).toEqual(frame)
    expect(hexOf(encodeInputFrame(frame))).toBe(hexOf(bytesOf(hex)))
  })
})

describe('checkpoint frame:', () => {
  test.each(VECTORS.checkpointFrames)('$name', ({ hex, decoded }) => {
    const { payload, attachment, ...fields } = decoded
    const checkpoint = { ...fields, offset: byteOffset(fields.offset), bytes: bytesOf(payload) }
    const frame = { kind: 'checkpoint' as const, attachment: attachmentId(attachment), checkpoint }
    expect(decodeFrame(bytesOf(hex))).toEqual(frame)
    const header = checkpointFrameHeader(frame.attachment, checkpoint)
    expect(hexOf(Buffer.concat([header, checkpoint.bytes]))).toBe(hexOf(bytesOf(hex)))
  })
})

test.each(VECTORS.ignoredFrames)('ignored frame: $name', ({ hex }) => {
  expect(decodeFrame(bytesOf(hex))).toEqual({ kind: 'unknown' })
})

test.each(VECTORS.faultyFrames)('faulty frame: $name', ({ hex, zeroBytesAfter, code }) => {
  const frame = bytesOf(hex, zeroBytesAfter)
  expect(codeOf(() => readFrame(frame))).toBe(code)
})

describe('control message:', () => {
  test.each(VECTORS.controlMessages)('$name', ({ message, answers }) => {
    expect(JSON.parse(rewrite(message, answers))).toEqual(message)
  })

  test('there is a request and an answer for every method', () => {
    const asked = VECTORS.controlMessages.map(({ message }) => message.method)
    const answered = VECTORS.controlMessages.map(({ answers }) => answers)
    const missing = Object.keys(METHODS).filter(
      (name) => !asked.includes(name) || !answered.includes(name),
    )
    expect(missing).toEqual([])
  })
})

test.each(VECTORS.faultyMessages)('faulty message: $name', ({ text, code, parameter }) => {
  const refusal = refusalOf(() => readMessage(text))
  expect([refusal.code, refusal.details['parameter']]).toEqual([code, parameter])
})

test('a reader in another language, written from docs/PROTOCOL.md alone, understands all of them', () => {
  const reader = fileURLToPath(new URL('../vectors/read_vectors.py', import.meta.url))
  const run = spawnSync('python3', ['-I', '-B', reader], { encoding: 'utf8', timeout: 30_000 })
  expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' })
  const {
    records,
    dataFrames,
    inputFrames,
    checkpointFrames,
    ignoredFrames,
    faultyFrames,
    controlMessages,
    faultyMessages,
  } = VECTORS
  const counts = [
    records,
    dataFrames,
    inputFrames,
    checkpointFrames,
    ignoredFrames,
    faultyFrames,
    controlMessages,
    faultyMessages,
  ]
  expect(run.stdout).toBe(`${counts.map((list) => list.length).join(' ')}\n`)
})
