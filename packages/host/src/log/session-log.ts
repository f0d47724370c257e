// Owns the interface of a session's log: append at the end, read from any offset. Two fill it: a log in
// memory, and one on disk whose newest bytes are in memory.

import type { Gap } from '@limpet/protocol'
import type { LogLayout } from './log-layout.ts'

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
   * @returns undefined at the end, when the next record is larger than `limitBytes`, or while it is being read
   *   from disk: then the cursor's `onReady` is called once it is there
   */
  read(limitBytes: number): LogChunk | undefined
  /** Gives back what it holds; `onReady` is not called any more. Idempotent. */
  close(): void
}

export interface SessionLog {
  /** Oldest offset still kept. */
  readonly keptFrom: number
  /** Offset of the next byte that will be written [LOG-1]. */
  readonly end: number
  /** Memory it holds at present. */
  readonly heldBytes: number
  /** What its files take at present. */
  readonly diskBytes: number
  /** What is on disk, for opening it again. */
  readonly layout: LogLayout
  /** False: what is written now is in memory only [LOG-6]. */
  readonly isDurable: boolean
  /**
   * A reader who is at most so far behind `end` loses nothing by the next append [FLOW-4]. More than there is while
   * there is room.
   */
  readonly safeBytes: number
  /**
   * Copies `payload` to the end, as several records when it is above the largest payload. Never waits.
   * @param kind one of RECORD_KIND, never gap
   * @param payload not empty
   */
  append(kind: number, payload: Uint8Array, timeUs: number): void
  /**
   * @param offset from 0 to `end`; below `keptFrom` the first read gives the gap
   * @param onReady called after a read that had to wait for the disk; never from within a read
   */
  openCursor(offset: number, onReady?: () => void): LogCursor
  /** Resolves when all that was appended is on disk, or the log is in memory only. */
  flush(): Promise<void>
  /** Writes the rest and gives back what it holds; it can still be read. Idempotent. */
  close(): Promise<void>
  /** Removes its files. Nothing may be read afterwards. */
  remove(): Promise<void>
}
