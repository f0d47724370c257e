// Owns the place in a tail up to which it is on disk, and what is to be written next. Must not know files.

import type { Slab } from './slab.ts'
import type { Tail } from './tail.ts'

/** Records of one slab that go to disk. */
export interface Slice {
  readonly slab: Slab
  /** Both are edges between records. */
  readonly from: number
  readonly to: number
}

export class Unwritten {
  readonly #tail: Tail
  #slab: Slab | undefined
  #position = 0
  #offset: number
  /** The same place, counted as `tail.appendedBytes` does. */
  #doneBytes: number

  constructor(tail: Tail) {
    this.#tail = tail
    this.#offset = tail.keptFrom
    this.#doneBytes = tail.appendedBytes
  }

  /** Offset of the next byte to write. What the tail let go of before it was written is left out. */
  get offset(): number {
    return Math.max(this.#offset, this.#tail.keptFrom)
  }

  /** Bytes before this offset are on disk, or never will be. */
  get doneTo(): number {
    return this.#offset
  }

  /** Encoded bytes to write. */
  get bytes(): number {
    const { appendedBytes, forgottenBytes } = this.#tail
    return appendedBytes - Math.max(this.#doneBytes, forgottenBytes)
  }

  /** Leaves out the oldest, a slab at a time, as long as `keepBytes` remain. */
  skip(keepBytes: number): void {
    this.#locate()
    while (this.#slab?.next) {
      const { usedBytes, next } = this.#slab
      const bytes = usedBytes - this.#position
      if (this.bytes - bytes < keepBytes) return
      this.#doneBytes += bytes
      this.#slab = next
      this.#position = 0
      this.#offset = next.startOffset
    }
  }

  /** The next records, at most `limitBytes` of them; none when the first one does not fit. */
  collect(limitBytes: number): readonly Slice[] {
    this.#locate()
    const slices: Slice[] = []
    let room = limitBytes
    let position = this.#position
    for (let slab = this.#slab; slab; slab = slab.next) {
      const to = slab.edgeWithin(position, room)
      if (to > position) slices.push({ slab, from: position, to })
      if (to < slab.usedBytes) break
      room -= to - position
      position = 0
    }
    return slices
  }

  /**
   * Goes on behind what was written of the slices that were collected last.
   * @param bytes of them, from the front; a record of which only a part was written is not done
   * @returns encoded bytes that are done
   */
  advance(slices: readonly Slice[], bytes: number): number {
    let done = 0
    for (const { slab, from, to } of slices) {
      const edge = bytes - done >= to - from ? to : slab.edgeWithin(from, bytes - done)
      done += edge - from
      this.#slab = slab
      this.#position = edge
      this.#offset = slab.offsetAt(edge)
      if (edge < to) break
    }
    this.#doneBytes += done
    return done
  }

  #locate(): void {
    const { offset } = this
    if (offset > this.#offset) {
      // Skipped: the disk was slower than the process.
      this.#offset = offset
      this.#doneBytes = this.#tail.forgottenBytes
      this.#slab = undefined
    }
    const slab = this.#slab
    if (slab && this.#position < slab.usedBytes) return
    this.#slab = slab?.next ?? this.#tail.slabAt(offset)
    this.#position = this.#slab === slab ? this.#position : (this.#slab?.positionOf(offset) ?? 0)
  }
}
