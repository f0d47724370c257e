// Owns the walk over encoded records, from edge to edge, as far as they are whole and in their place.

import {
  MAX_RECORD_PAYLOAD_BYTES,
  readRecordHeader,
  RECORD_HEADER_BYTES,
  type RecordHeader,
} from '@limpet/protocol'

/** An edge between records. */
export interface Edge {
  /** In the bytes that are walked over. */
  readonly position: number
  /** In the log. */
  readonly offset: number
}

/**
 * Walks on from an edge, over whole records only.
 * @param until stops before the record that holds this offset @default walks to the end
 * @param visit called for each record that is walked over
 * @returns where it stopped: before `until`, a record that is not whole, or bytes that are no record of this place
 */
export function walk(
  view: DataView,
  from: Edge,
  until: number = Number.POSITIVE_INFINITY,
  visit?: (header: RecordHeader, position: number) => void,
): Edge {
  let { position, offset } = from
  while (view.byteLength - position >= RECORD_HEADER_BYTES) {
    const header = readRecordHeader(view, position)
    const { payloadBytes } = header
    const isRecord = payloadBytes > 0 && payloadBytes <= MAX_RECORD_PAYLOAD_BYTES
    if (!isRecord || header.offset !== offset || offset + payloadBytes > until) break
    const end = position + RECORD_HEADER_BYTES + payloadBytes
    if (end > view.byteLength) break
    visit?.(header, position)
    position = end
    offset += payloadBytes
  }
  return { position, offset }
}
