// Owns the segment file that is being written: its descriptor, and that nothing but whole records counts.

import { join } from 'node:path'
import type { LogFiles } from './log-files.ts'
import { Segment } from './segment.ts'
import type { Segments } from './segments.ts'
import type { Slice, Unwritten } from './unwritten.ts'

export interface SegmentFileOptions {
  readonly files: LogFiles
  readonly directory: string
  readonly segments: Segments
  readonly unwritten: Unwritten
}

export class SegmentFile {
  readonly #options: SegmentFileOptions
  #segment: Segment | undefined
  #descriptor: number | undefined

  constructor(options: SegmentFileOptions) {
    this.#options = options
  }

  /** How much more may be written into it, when a segment has `segmentBytes` at most. */
  roomWithin(segmentBytes: number): number {
    const segment = this.#segment
    // After a skip the next bytes belong into a file of their own.
    if (segment?.to !== this.#options.unwritten.offset || segment.isDropped) return 0
    return segmentBytes - segment.bytes
  }

  /** The next write makes a new file. */
  async finish(): Promise<void> {
    await this.close()
    this.#segment = undefined
  }

  /**
   * Writes to the end of the file, or of a new one.
   * @returns bytes that were written
   * @throws the system's error; whole records that were written before it count, the rest is cut off
   */
  async write(slices: readonly Slice[]): Promise<number> {
    const { files, unwritten, segments } = this.#options
    const descriptor = await this.#open()
    const segment = this.#segment
    if (segment === undefined) return 0
    let parts = slices.map(({ slab, from, to }) => slab.bytes.subarray(from, to))
    let written = 0
    let fault: { readonly cause: unknown } | undefined
    while (parts.length > 0 && fault === undefined) {
      try {
        const bytes = await files.write(descriptor, parts, segment.bytes + written)
        written += bytes
        parts = rest(parts, bytes)
      } catch (cause) {
        fault = { cause }
      }
    }
    if (segment.bytes === 0) segments.add(segment)
    note(segment, slices)
    const done = unwritten.advance(slices, written)
    segments.grow(segment, done, unwritten.doneTo)
    if (fault) {
      await this.#trim(segment)
      throw fault.cause
    }
    return done
  }

  /** Gives the descriptor back; the file can be written on. */
  async close(): Promise<void> {
    const descriptor = this.#descriptor
    this.#descriptor = undefined
    // A fault of close says nothing that the next write or reader would not find.
    if (descriptor !== undefined) await this.#options.files.close(descriptor).catch(() => {})
  }

  pathOf(segment: Segment): string {
    return join(this.#options.directory, segment.name)
  }

  async #open(): Promise<number> {
    if (this.#descriptor !== undefined) return this.#descriptor
    const { files, unwritten } = this.#options
    const segment = this.#segment ?? new Segment(unwritten.offset, unwritten.offset, 0)
    const mode = segment.bytes === 0 ? 'create' : 'existing'
    this.#descriptor = await files.open(this.pathOf(segment), mode)
    this.#segment = segment
    return this.#descriptor
  }

  /** Leaves no torn record at the end, where the file system lets us; who reads knows where to stop anyway. */
  async #trim(segment: Segment): Promise<void> {
    const { files, segments } = this.#options
    const path = this.pathOf(segment)
    await this.finish()
    if (segment.bytes > 0) await files.truncate(path, segment.bytes).catch(() => {})
    else {
      segments.drop(segment)
      await files.remove(path).catch(() => {})
    }
  }
}

/** What a short write left. */
function rest(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes
  return parts.flatMap((part) => {
    const left = part.subarray(Math.min(skip, part.byteLength))
    skip -= part.byteLength - left.byteLength
    return left.byteLength > 0 ? [left] : []
  })
}

/** Where slabs begin are edges whose offsets are known without a search. */
function note(segment: Segment, slices: readonly Slice[]): void {
  let position = segment.bytes
  for (const { slab, from, to } of slices) {
    segment.note(slab.offsetAt(from), position)
    position += to - from
  }
}
