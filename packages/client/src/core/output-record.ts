// Owns what a viewer reads: a record of the log, decoded, with its place, or a terminal's state at a place.
// Before: the output cursor; after: a sink, or whoever iterates `output`.

import {
  byteOffset,
  factOf,
  RECORD_KIND,
  type ByteOffset,
  type Checkpoint,
  type Fact,
  type LogRecord,
} from '@limpet/protocol'

interface Place {
  /** Where it begins in the log. */
  readonly offset: ByteOffset
  /** Where the next one begins: acknowledge this when the record is dealt with. */
  readonly end: ByteOffset
}

/** Output, or a fact at its place in the output. */
export type LoggedRecord = Fact &
  Place & {
    /** Microseconds since 1970, by the host's clock. */
    readonly timeUs: number
    /** True when its head was not sent: what is here is the rest of a record. */
    readonly isContinued: boolean
  }

/**
 * What the bytes before its place have made of a terminal: whoever gets one throws away what the terminal
 * showed [SCREEN-3]. It takes up no offsets: both are `checkpoint.offset`.
 */
export type CheckpointRecord = Place & {
  readonly type: 'checkpoint'
  readonly checkpoint: Checkpoint
}

/** One record of a session. Checkpoints come only to those who asked for them. */
export type OutputRecord = LoggedRecord | CheckpointRecord

export function checkpointRecordOf(checkpoint: Checkpoint): CheckpointRecord {
  return { type: 'checkpoint', checkpoint, offset: checkpoint.offset, end: checkpoint.offset }
}

/** @throws LimpetError MESSAGE_MALFORMED for a fact that is not what its kind promises */
export function outputRecordOf(record: LogRecord): LoggedRecord {
  const { kind, offset, timeUs, isContinued, payload } = record
  const end = byteOffset(offset + payload.byteLength)
  // Nearly all records are output. Written out: spreading an object takes ten times as long.
  if (kind === RECORD_KIND.stdout || kind === RECORD_KIND.stderr) {
    const stream = kind === RECORD_KIND.stdout ? 'stdout' : 'stderr'
    return { type: 'output', stream, bytes: payload, offset, end, timeUs, isContinued }
  }
  const fact = factOf(record)
  return { ...fact, offset, end: fact.type === 'gap' ? fact.gap.to : end, timeUs, isContinued }
}
