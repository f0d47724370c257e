// Owns what a reader gets instead of bytes that are no longer kept.

import { byteOffset, encodeFact, encodeRecord, RECORD_KIND } from '@limpet/protocol'
import type { LogChunk } from './session-log.ts'

/** A gap record from `from` (included) to `to` (excluded) [LOG-2]. */
export function gapChunk(from: number, to: number): LogChunk {
  const gap = { from: byteOffset(from), to: byteOffset(to) }
  const record = { kind: RECORD_KIND.gap, offset: gap.from, timeUs: 0, payload: encodeFact(gap) }
  return { parts: [encodeRecord(record)], from, to, gap }
}
