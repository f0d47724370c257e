// Owns the interface of a session's log: append at the end, read from any offset. The memory log fills it
// today; a log on disk fills the same one.

import type { Gap } from '@limpet/protocol'

/** A run of bytes that is ready for a data frame. */
export interface LogChunk {
  /** Encoded whole records, to be sent one after the other. They never change. */
  readonly parts: readonly Uint8Array[]
  /** Offsets that the records cover: `from` included, `to` excluded. */
  readonly from: number
  readonly to: number
  /** Present when the parts are a gap record: these bytes are no longer kept [LOG-2]. */
  readonly gap?: Gap
}

/** One reader's place. */
export interface LogCursor {
  /** Offset of the next byte that it will read. */
  readonly offset: number
  /**
   * Reads on by whole records.
   * @param limitBytes most payload bytes that may be taken
   * @returns undefined at the end, or when the next record is larger than `limitBytes`
   */
  read(limitBytes: number): LogChunk | undefined
}

export interface SessionLog {
  /** Oldest offset still kept. */
  readonly keptFrom: number
  /** Offset of the next byte that will be written [LOG-1]. */
  readonly end: number
  /** Memory it holds at present. */
  readonly heldBytes: number
  /**
   * Copies `payload` to the end, as several records when it is above the largest payload.
   * @param kind one of RECORD_KIND, never gap
   * @param payload not empty
   */
  append(kind: number, payload: Uint8Array, timeUs: number): void
  /** @param offset from 0 to `end`; below `keptFrom` the first read gives the gap */
  openCursor(offset: number): LogCursor
}
