// Owns what is kept of a log's files, so that opening a log reads none of them.

import { Segment } from './segment.ts'

export interface LogLayout {
  /** Offset after the last byte. */
  readonly end: number
  /** Offset of the first byte, and encoded bytes, of each file, oldest first. */
  readonly segments: readonly (readonly [from: number, bytes: number])[]
}

export function layoutOf(segments: Iterable<Segment>, end: number): LogLayout {
  return { end, segments: [...segments].map(({ from, bytes }) => [from, bytes]) }
}

/** Where bytes are missing between two files is found when they are read: `to` may be too large. */
export function segmentsOf({ end, segments }: LogLayout): Segment[] {
  return segments.map(([from, bytes], at) => new Segment(from, segments[at + 1]?.[0] ?? end, bytes))
}
