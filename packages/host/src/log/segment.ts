// Owns one file of a log: which offsets it holds, and where in it they begin, roughly. The file itself is
// nothing but records, the same bytes as on the wire.

import { INDEX_BYTES } from './limits.ts'

const NAME = /^([0-9a-f]{16})\.log$/

/** A record's edge in a file. */
export interface Place {
  readonly offset: number
  readonly position: number
}

export class Segment {
  /** Offset of its first byte; its name. */
  readonly from: number
  /** Offset after its last byte, as far as anybody knows: less is found when it is read. */
  to: number
  /** Encoded bytes that are whole records. */
  bytes: number
  /** No longer part of its log. */
  isDropped = false
  /** Every INDEX_BYTES or so, in order; the first record is not among them. */
  readonly #places: Place[] = []

  constructor(from: number, to: number, bytes: number) {
    this.from = from
    this.to = to
    this.bytes = bytes
  }

  get name(): string {
    return `${this.from.toString(16).padStart(16, '0')}.log`
  }

  /** Remembers the edge when the last one that it knows is far enough away. */
  note(offset: number, position: number): void {
    if (position - (this.#places.at(-1)?.position ?? 0) < INDEX_BYTES) return
    this.#places.push({ offset, position })
  }

  /** The nearest known edge at or before `offset`. */
  placeBefore(offset: number): Place {
    let low = 0
    let high = this.#places.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#places[middle]?.offset ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    return this.#places[low - 1] ?? { offset: this.from, position: 0 }
  }
}

/** @returns the offset that a segment's file name says, undefined for other files */
export function offsetOfName(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1]
  if (digits === undefined) return undefined
  const offset = Number.parseInt(digits, 16)
  return Number.isSafeInteger(offset) ? offset : undefined
}
