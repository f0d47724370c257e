// Owns what a viewer reads: a record of the log, decoded, with its place. Before: the output cursor;
// after: a sink, or whoever iterates `output`.

import { byteOffset, factOf, type ByteOffset, type Fact, type LogRecord } from '@limpet/protocol'

/** One record of a session: output, or a fact at its place in the output. */
export type OutputRecord = Fact & {
  /** Where it begins in the log. */
  readonly offset: ByteOffset
  /** Where the next one begins: acknowledge this when the record is dealt with. */
  readonly end: ByteOffset
  /** Microseconds since 1970, by the host's clock. */
  readonly timeUs: number
  /** True when its head was not sent: what is here is the rest of a record. */
  readonly isContinued: boolean
}

/** @throws LimpetError MESSAGE_MALFORMED for a fact that is not what its kind promises */
export function outputRecordOf(record: LogRecord): OutputRecord {
  const fact = factOf(record)
  const { offset, timeUs, isContinued } = record
  const { to } = fact.type === 'gap' ? fact.gap : { to: offset + record.payload.byteLength }
  return { ...fact, offset, end: byteOffset(to), timeUs, isContinued }
}
