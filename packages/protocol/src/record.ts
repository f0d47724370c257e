// Owns the record: the unit of the log, byte for byte the same on disk, on the link and on the wire.
// Hot path: nothing here copies a payload. Before: a log appends; after: a data frame carries runs of them.
//
//   0      1       2          4                8                16               24
//   | kind | flags | reserved | payload bytes  | offset         | time, µs       | payload …
//   | u8   | u8    | u16 = 0  | u32            | u64            | u64            |        all big-endian

import { byteOffset, type ByteOffset } from './ids.ts'
import { LimpetError } from './errors.ts'
import { MAX_RECORD_PAYLOAD_BYTES } from './limits.ts'

export const RECORD_HEADER_BYTES = 24

/** What a payload means. Unknown kinds are skipped by readers: their bytes still count as offsets. */
export const RECORD_KIND = {
  /** Output of a pipe's stdout, or of a terminal. */
  stdout: 1,
  stderr: 2,
  /** JSON {columns, rows}: the terminal has this size from here on. */
  resize: 3,
  /** A kernel's message. */
  kernel: 4,
  /** JSON {type, …}: a fact that belongs to a place in the output. */
  marker: 5,
  /** JSON exit status; the last record of a session. */
  exit: 6,
  /** JSON {from, to}: these bytes are no longer kept. On the wire only; takes up no offsets. */
  gap: 255,
} as const

export type RecordKind = keyof typeof RECORD_KIND

/** Flag: the payload begins inside a record whose head was not sent [LOG-1]. */
export const RECORD_CONTINUED = 1

/** One record; `payload` is a view into the buffer it was read from. */
export interface LogRecord {
  /** One of RECORD_KIND, or the number of a kind this build does not know. */
  readonly kind: number
  readonly isContinued: boolean
  readonly offset: ByteOffset
  /** Microseconds since 1970, by the host's clock. */
  readonly timeUs: number
  readonly payload: Uint8Array
}

export interface RecordHeader {
  readonly kind: number
  readonly flags: number
  readonly payloadBytes: number
  readonly offset: number
  readonly timeUs: number
}

const TWO_32 = 2 ** 32

/** Writes a header at `at`; the caller has put, or will put, `payloadBytes` after it. */
export function writeRecordHeader(target: DataView, at: number, header: RecordHeader): void {
  target.setUint8(at, header.kind)
  target.setUint8(at + 1, header.flags)
  target.setUint16(at + 2, 0)
  target.setUint32(at + 4, header.payloadBytes)
  writeUint64(target, at + 8, header.offset)
  writeUint64(target, at + 16, header.timeUs)
}

/** Reads the header at `at`. The caller has checked that RECORD_HEADER_BYTES are there. */
export function readRecordHeader(source: DataView, at: number): RecordHeader {
  return {
    kind: source.getUint8(at),
    flags: source.getUint8(at + 1),
    payloadBytes: source.getUint32(at + 4),
    offset: readUint64(source, at + 8),
    timeUs: readUint64(source, at + 16),
  }
}

/** A whole record in a buffer of its own: for facts, not for output. */
export function encodeRecord(
  record: Omit<LogRecord, 'isContinued'> & { isContinued?: boolean },
): Uint8Array {
  const bytes = new Uint8Array(RECORD_HEADER_BYTES + record.payload.byteLength)
  writeRecordHeader(viewOf(bytes), 0, {
    kind: record.kind,
    flags: record.isContinued === true ? RECORD_CONTINUED : 0,
    payloadBytes: record.payload.byteLength,
    offset: record.offset,
    timeUs: record.timeUs,
  })
  bytes.set(record.payload, RECORD_HEADER_BYTES)
  return bytes
}

/**
 * Reads whole records from the front of `bytes`.
 * @returns the records, and how many bytes they took: the rest is the torn or unfinished tail
 * @throws LimpetError MESSAGE_MALFORMED when a header is impossible (empty, too large, negative)
 */
export function decodeRecords(bytes: Uint8Array): { records: LogRecord[]; consumedBytes: number } {
  const view = viewOf(bytes)
  const records: LogRecord[] = []
  let at = 0
  while (bytes.byteLength - at >= RECORD_HEADER_BYTES) {
    const header = readRecordHeader(view, at)
    checkHeader(header)
    const end = at + RECORD_HEADER_BYTES + header.payloadBytes
    if (end > bytes.byteLength) break
    records.push({
      kind: header.kind,
      isContinued: (header.flags & RECORD_CONTINUED) !== 0,
      offset: byteOffset(header.offset),
      timeUs: header.timeUs,
      payload: bytes.subarray(at + RECORD_HEADER_BYTES, end),
    })
    at = end
  }
  return { records, consumedBytes: at }
}

/** Bytes of offset that a record takes up: its payload, except for a gap, which is not in the log. */
export function loggedBytes(record: LogRecord): number {
  return record.kind === RECORD_KIND.gap ? 0 : record.payload.byteLength
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function checkHeader(header: RecordHeader): void {
  if (header.payloadBytes === 0 || header.payloadBytes > MAX_RECORD_PAYLOAD_BYTES) {
    throw new LimpetError(
      'MESSAGE_MALFORMED',
      `A record claims ${header.payloadBytes} bytes of payload; 1 to ${MAX_RECORD_PAYLOAD_BYTES} are possible.`,
      { details: { payloadBytes: header.payloadBytes, limitBytes: MAX_RECORD_PAYLOAD_BYTES } },
    )
  }
  const end = header.offset + header.payloadBytes // unsafe whenever the offset is
  if (!Number.isSafeInteger(end) || !Number.isSafeInteger(header.timeUs)) {
    throw new LimpetError('MESSAGE_MALFORMED', 'A record has an offset or time above 2^53−1.')
  }
}

// Two 32-bit halves: a quarter of the time that BigInt getters take, exact up to 2^53.
export function writeUint64(target: DataView, at: number, value: number): void {
  target.setUint32(at, Math.floor(value / TWO_32))
  target.setUint32(at + 4, value % TWO_32)
}

export function readUint64(source: DataView, at: number): number {
  return source.getUint32(at) * TWO_32 + source.getUint32(at + 4)
}
