// Owns one reader's place in a log on disk: what is in memory at once, the rest read from segment files, a
// piece at a time, off the event loop. It holds one piece and no descriptor.

import { join } from 'node:path'
import { gapChunk } from './gap.ts'
import { READ_ATTEMPTS, READ_RETRY_MS } from './limits.ts'
import type { LogDisk } from './log-disk.ts'
import { isMissing } from './log-files.ts'
import { readRun } from './read-run.ts'
import type { Segment } from './segment.ts'
import type { Segments } from './segments.ts'
import type { LogChunk, LogCursor } from './session-log.ts'
import type { Run, Slab } from './slab.ts'
import { TailCursor, type Tail } from './tail.ts'

export interface DiskCursorOptions {
  readonly disk: LogDisk
  readonly directory: string
  readonly segments: Segments
  readonly tail: Tail
  readonly offset: number
  readonly onReady: (() => void) | undefined
}

export class DiskCursor implements LogCursor {
  readonly #options: DiskCursorOptions
  readonly #place: TailCursor
  #offset: number
  /** Records read from disk, and where in them it stands. */
  #piece: Slab | undefined
  #position = 0
  #isReading = false
  #isClosed = false

  constructor(options: DiskCursorOptions) {
    this.#options = options
    this.#place = new TailCursor(options.tail)
    this.#offset = options.offset
  }

  get offset(): number {
    return this.#offset
  }

  read(limitBytes: number): LogChunk | undefined {
    const { tail, segments } = this.#options
    const from = this.#offset
    if (from >= tail.end || this.#isClosed) return undefined
    if (from >= tail.keptFrom) {
      this.#piece = undefined
      return this.#advance(this.#place.read(from, limitBytes))
    }
    this.#place.reset()
    if (this.#piece) return this.#readPiece(this.#piece, limitBytes)
    const segment = segments.at(from) ?? segments.after(from)
    if (segment && segment.from < tail.keptFrom) {
      if (!this.#isReading) void this.#load(segment)
      return undefined
    }
    return this.#skip(tail.keptFrom)
  }

  close(): void {
    this.#isClosed = true
    this.#piece = undefined
    this.#place.reset()
  }

  #readPiece(piece: Slab, limitBytes: number): LogChunk | undefined {
    if (piece.startOffset > this.#offset) return this.#skip(piece.startOffset)
    const run = piece.read(this.#position, this.#offset, limitBytes)
    if (run === undefined) return undefined
    this.#position = run.position
    if (run.position === piece.usedBytes) this.#piece = undefined
    return this.#advance(run)
  }

  /** A gap is told once it is known what follows it: one, however many segments go meanwhile. */
  #skip(to: number): LogChunk {
    const from = this.#offset
    this.#offset = to
    return gapChunk(from, to)
  }

  #advance(run: Run | undefined): LogChunk | undefined {
    if (run === undefined) return undefined
    const from = this.#offset
    this.#offset = run.to
    return { parts: run.parts, from, to: run.to }
  }

  async #load(segment: Segment): Promise<void> {
    this.#isReading = true
    const at = this.#offset
    const offset = Math.max(at, segment.from)
    const piece = await this.#read(segment, offset)
    this.#isReading = false
    if (this.#isClosed) return
    if (piece && this.#offset === at) {
      this.#piece = piece
      this.#position = piece.positionOf(offset)
    }
    // Not even its first record can be read: it would be tried again for ever.
    if (piece === undefined && segment.to <= segment.from) this.#options.segments.drop(segment)
    this.#options.onReady?.()
  }

  /** @returns undefined when it cannot be had: the next read finds a gap there */
  async #read(segment: Segment, offset: number): Promise<Slab | undefined> {
    const { disk, directory, segments } = this.#options
    const path = join(directory, segment.name)
    for (let attempt = 1; !this.#isClosed; attempt++) {
      try {
        return await disk.reads.take(() => readRun(disk.files, path, segment, offset))
      } catch (error) {
        // Gone is gone; a want of descriptors or a fault of the disk may pass.
        if (isMissing(error) || attempt === READ_ATTEMPTS) {
          segments.drop(segment)
          return undefined
        }
      }
      await new Promise((resolve) => setTimeout(resolve, READ_RETRY_MS))
    }
    return undefined
  }
}
