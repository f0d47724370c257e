// Owns the list of a log's segment files, oldest first. Between two of them bytes may be missing: the disk
// took none at the time. Must not know how they are written or read.

import type { Segment } from './segment.ts'

export class Segments {
  readonly #list: Segment[]
  #bytes = 0

  /** @param list in the order of their offsets */
  constructor(list: readonly Segment[] = []) {
    this.#list = [...list]
    for (const { bytes } of list) this.#bytes += bytes
  }

  get first(): Segment | undefined {
    return this.#list[0]
  }

  get last(): Segment | undefined {
    return this.#list.at(-1)
  }

  /** Of all files together. */
  get bytes(): number {
    return this.#bytes
  }

  [Symbol.iterator](): Iterator<Segment> {
    return this.#list[Symbol.iterator]()
  }

  add(segment: Segment): void {
    this.#list.push(segment)
    this.#bytes += segment.bytes
  }

  /** Whole records were written to the last one's end. */
  grow(segment: Segment, bytes: number, to: number): void {
    segment.bytes += bytes
    segment.to = to
    if (!segment.isDropped) this.#bytes += bytes
  }

  /** It is gone, or nobody can read it. */
  drop(segment: Segment): void {
    const at = this.#list.indexOf(segment)
    if (at < 0) return
    this.#list.splice(at, 1)
    segment.isDropped = true
    this.#bytes -= segment.bytes
  }

  /** The oldest, when `retainBytes` remain without it once `moreBytes` are written. */
  overdue(retainBytes: number, moreBytes: number): Segment | undefined {
    const { first } = this
    return first && this.#bytes + moreBytes - first.bytes >= retainBytes ? first : undefined
  }

  /** The one that holds `offset`. */
  at(offset: number): Segment | undefined {
    const segment = this.#list[this.#countUpTo(offset) - 1]
    return segment && offset < segment.to ? segment : undefined
  }

  /** The next one that begins after `offset`. */
  after(offset: number): Segment | undefined {
    return this.#list[this.#countUpTo(offset)]
  }

  /** How many begin at or before `offset`. */
  #countUpTo(offset: number): number {
    let low = 0
    let high = this.#list.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#list[middle]?.from ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
