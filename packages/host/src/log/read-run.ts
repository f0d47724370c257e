// Owns the reading of a segment file from any offset: one read as a rule, from the nearest known edge on.

import { viewOf } from '@limpet/protocol'
import { READ_BYTES } from './limits.ts'
import type { LogFiles } from './log-files.ts'
import type { Segment } from './segment.ts'
import { Slab } from './slab.ts'
import { walk } from './walk.ts'

/**
 * Reads whole records, of which the first holds `offset`.
 * @returns undefined when it is not there: then the segment ends before, from here on
 * @throws the system's error
 */
export async function readRun(
  files: LogFiles,
  path: string,
  segment: Segment,
  offset: number,
): Promise<Slab | undefined> {
  let place = segment.placeBefore(offset)
  for (;;) {
    const wantedBytes = Math.min(READ_BYTES, segment.bytes - place.position)
    // Memory of its own for each read: senders hold views of it for as long as they need.
    const buffer = Buffer.allocUnsafeSlow(Math.max(wantedBytes, 0))
    const bytes = buffer.subarray(0, await files.read(path, place.position, buffer))
    const view = viewOf(bytes)
    const start = walk(view, { position: 0, offset: place.offset }, offset)
    const end = walk(view, start)
    if (end.offset > offset) {
      return Slab.of(bytes.subarray(start.position, end.position), start.offset, end.offset)
    }
    if (end.position === 0) {
      // Torn, or written over by somebody: what follows here is not this log's.
      segment.to = place.offset
      return undefined
    }
    place = { offset: end.offset, position: place.position + end.position }
    segment.note(place.offset, place.position)
  }
}
