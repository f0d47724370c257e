// Owns a session's log: its newest bytes in memory, the rest in segment files [LOG-5]. Before: the process
// room's readers; after: cursors of viewers and of the screen. It never pauses anyone: what falls out of both
// becomes a gap for those who are behind.

import { join } from 'node:path'
import { MAX_RECORD_PAYLOAD_BYTES, RECORD_HEADER_BYTES } from '@limpet/protocol'
import { DiskCursor } from './disk-cursor.ts'
import {
  MAX_SEGMENT_BYTES,
  MAX_UNWRITTEN_BYTES,
  MIN_SEGMENT_BYTES,
  RETAIN_DEGRADED_BYTES,
  RETAIN_DISK_BYTES,
  RETAIN_TAIL_BYTES,
  SEGMENTS_PER_LOG,
} from './limits.ts'
import type { LogDisk } from './log-disk.ts'
import { LogWriter } from './log-writer.ts'
import { layoutOf, segmentsOf, type LogLayout } from './log-layout.ts'
import { Segments } from './segments.ts'
import type { LogCursor, SessionLog } from './session-log.ts'
import { Tail } from './tail.ts'

/** The most that one append may add: output is gathered up to one record, facts are small. */
const APPEND_BYTES = 2 * (RECORD_HEADER_BYTES + MAX_RECORD_PAYLOAD_BYTES)

export interface DiskLogOptions {
  readonly disk: LogDisk
  /** Name of its directory in the disk's: the session's id. */
  readonly name: string
  /** Newest encoded bytes to keep on disk. @default 64 MiB */
  readonly retainBytes?: number | undefined
  /** What is on disk of it. @default nothing: a new log */
  readonly layout?: LogLayout | undefined
  /** The log is in memory only from now on, or on disk again: for a marker in it [LOG-6]. */
  readonly handleDurability?: (isDurable: boolean, reason: string) => void
}

export class DiskLog implements SessionLog {
  readonly directory: string
  readonly #disk: LogDisk
  readonly #tail: Tail
  readonly #segments: Segments
  readonly #writer: LogWriter
  readonly #retainBytes: number
  readonly #handleDurability: (isDurable: boolean, reason: string) => void
  /** What the tail keeps while the disk takes nothing. */
  #degradedBytes = RETAIN_DEGRADED_BYTES
  #isWatched = false
  #endAtRest = 0

  constructor(options: DiskLogOptions) {
    const { disk, name, retainBytes = RETAIN_DISK_BYTES, layout } = options
    this.directory = join(disk.directory, name)
    this.#disk = disk
    this.#tail = new Tail(disk.slabs, layout?.end)
    this.#segments = new Segments(layout && segmentsOf(layout))
    this.#retainBytes = retainBytes
    this.#handleDurability = options.handleDurability ?? (() => {})
    const share = Math.floor(retainBytes / SEGMENTS_PER_LOG)
    this.#writer = new LogWriter({
      disk,
      directory: this.directory,
      tail: this.#tail,
      segments: this.#segments,
      retainBytes,
      segmentBytes: Math.max(MIN_SEGMENT_BYTES, Math.min(share, MAX_SEGMENT_BYTES)),
      handleWritten: () => this.#forget(),
      handleDurability: (isDurable, reason) => this.#handleChange(isDurable, reason),
    })
  }

  get keptFrom(): number {
    return Math.min(this.#segments.first?.from ?? this.#tail.keptFrom, this.#tail.keptFrom)
  }

  get end(): number {
    return this.#tail.end
  }

  get heldBytes(): number {
    return this.#tail.heldBytes
  }

  get diskBytes(): number {
    return this.#segments.bytes
  }

  get isDurable(): boolean {
    return this.#writer.isDurable
  }

  get safeBytes(): number {
    return Math.min(this.#safeInMemory(), this.#safeOnDisk())
  }

  append(kind: number, payload: Uint8Array, timeUs: number): void {
    this.#tail.append(kind, payload, timeUs)
    if (this.#tail.usedBytes > RETAIN_DEGRADED_BYTES) this.#forgetUnwritten()
    this.#writer.handleAppended()
    if (this.#isWatched) return
    this.#isWatched = true
    this.#disk.watch(this)
  }

  /** What is on disk, for opening it again. */
  get layout(): LogLayout {
    return layoutOf(this.#segments, this.end)
  }

  openCursor(offset: number, onReady?: () => void): LogCursor {
    const { directory } = this
    const onDisk = { disk: this.#disk, directory, segments: this.#segments }
    return new DiskCursor({ ...onDisk, tail: this.#tail, offset, onReady })
  }

  async flush(): Promise<void> {
    await this.#writer.flush()
  }

  async close(): Promise<void> {
    await this.#writer.flush()
    this.#endAtRest = this.end
    this.rest()
  }

  async remove(): Promise<void> {
    this.#disk.unwatch(this)
    await this.#writer.stop()
    this.#tail.clear()
    for (const segment of [...this.#segments]) this.#segments.drop(segment)
    await this.#disk.files.remove(this.directory)
  }

  /** Gives back the memory of a log that nobody has written to for a while. */
  rest(): boolean {
    const { end } = this
    const isQuiet = end === this.#endAtRest && this.#writer.unwrittenBytes === 0
    this.#endAtRest = end
    if (!isQuiet) return false
    this.#tail.clear()
    this.#isWatched = false
    return true
  }

  /** What is on disk need not be in memory, but for the newest. */
  #forget(): void {
    const { doneTo } = this.#writer
    const isWritten = (): boolean => (this.#tail.first?.endOffset ?? doneTo) <= doneTo
    while (isWritten() && this.#tail.forgetFirst(RETAIN_TAIL_BYTES, doneTo));
  }

  /** The disk is slower than the process, or takes nothing: what is oldest goes. */
  #forgetUnwritten(): void {
    while (this.#tail.forgetFirst(this.#retainTailBytes, this.#writer.doneTo));
  }

  get #retainTailBytes(): number {
    return this.isDurable ? MAX_UNWRITTEN_BYTES : this.#degradedBytes
  }

  #handleChange(isDurable: boolean, reason: string): void {
    // Nobody loses anything by the change itself.
    this.#degradedBytes = Math.max(RETAIN_DEGRADED_BYTES, this.#tail.usedBytes)
    this.#handleDurability(isDurable, reason)
  }

  /** A disk that keeps up endangers nobody; one that does not, all who are further behind than memory reaches. */
  #safeInMemory(): number {
    const { unwrittenBytes, doneTo } = this.#writer
    const room = this.#retainTailBytes - this.#tail.usedBytes - APPEND_BYTES
    if (this.isDurable && unwrittenBytes < MAX_UNWRITTEN_BYTES / 2) return Number.POSITIVE_INFINITY
    if (room > 0) return this.end - Math.max(doneTo, this.#tail.keptFrom) + room
    return this.end - (this.#tail.first?.next?.startOffset ?? this.end)
  }

  /** Segments are removed, oldest first, as what is appended is written. */
  #safeOnDisk(): number {
    let room = this.#retainBytes - this.#segments.bytes - this.#writer.unwrittenBytes - APPEND_BYTES
    const { first } = this.#segments
    for (const segment of this.#segments) {
      room += segment.bytes
      if (room <= 0) continue
      // Those before it go as a whole.
      return this.end - segment.from + (segment === first ? room : 0)
    }
    return this.end - this.#tail.keptFrom + Math.max(room, 0)
  }
}
