// Owns one piece of memory full of encoded records. Written once, front to back, then only read: senders
// hold views of it without a copy, and the last holder lets it go.

import {
  RECORD_CONTINUED,
  RECORD_HEADER_BYTES,
  readRecordHeader,
  viewOf,
  writeRecordHeader,
} from '@limpet/protocol'

/** Encoded records taken from a slab. */
export interface Run {
  readonly parts: readonly Uint8Array[]
  /** Where the next record begins, in bytes of the slab. */
  readonly position: number
  /** Offset after the last record. */
  readonly to: number
}

export class Slab {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly startOffset: number
  /** The slab that follows, once there is one. */
  next: Slab | undefined
  /** Encoded bytes written. */
  usedBytes = 0
  /** Offset after the last record. */
  endOffset: number
  /** True once a cursor came here: views of it may be anywhere from then on. */
  wasRead = false

  /** @param bytes memory that nobody else looks at; its content does not matter: it is written before it is read */
  constructor(bytes: Uint8Array, startOffset: number) {
    this.bytes = bytes
    this.view = viewOf(bytes)
    this.startOffset = startOffset
    this.endOffset = startOffset
  }

  /** A slab whose records are there already: `bytes` holds whole ones. */
  static of(bytes: Uint8Array, startOffset: number, endOffset: number): Slab {
    const slab = new Slab(bytes, startOffset)
    slab.usedBytes = bytes.byteLength
    slab.endOffset = endOffset
    return slab
  }

  hasRoom(payloadBytes: number): boolean {
    return this.bytes.byteLength - this.usedBytes >= RECORD_HEADER_BYTES + payloadBytes
  }

  /** The one copy of a byte between the process and the socket. The caller has checked the room. */
  append(kind: number, payload: Uint8Array, timeUs: number): void {
    writeRecordHeader(this.view, this.usedBytes, {
      kind,
      flags: 0,
      payloadBytes: payload.byteLength,
      offset: this.endOffset,
      timeUs,
    })
    this.bytes.set(payload, this.usedBytes + RECORD_HEADER_BYTES)
    this.usedBytes += RECORD_HEADER_BYTES + payload.byteLength
    this.endOffset += payload.byteLength
  }

  /** Where the record begins that holds `offset`; the end when none does. */
  positionOf(offset: number): number {
    let position = 0
    let end = this.startOffset
    while (position < this.usedBytes) {
      const payloadBytes = this.#payloadBytes(position)
      if (end + payloadBytes > offset) return position
      end += payloadBytes
      position += RECORD_HEADER_BYTES + payloadBytes
    }
    return position
  }

  /** The last edge between records that is at most `limit` encoded bytes behind `position`, an edge. */
  edgeWithin(position: number, limit: number): number {
    if (this.usedBytes - position <= limit) return this.usedBytes
    let edge = position
    for (;;) {
      const next = edge + RECORD_HEADER_BYTES + this.#payloadBytes(edge)
      if (next - position > limit) return edge
      edge = next
    }
  }

  /** Offset of the record that begins at `position`, or of the end. */
  offsetAt(position: number): number {
    return position === this.usedBytes
      ? this.endOffset
      : readRecordHeader(this.view, position).offset
  }

  /**
   * Reads on from `offset`, which lies in the record at `position`, not at the slab's end.
   * @returns undefined when the next record has more than `limitBytes` of payload left
   */
  read(position: number, offset: number, limitBytes: number): Run | undefined {
    const run =
      this.offsetAt(position) < offset
        ? this.#rest(position, offset, limitBytes)
        : this.#whole(position, offset, limitBytes)
    if (run) this.wasRead = true
    return run
  }

  /** The rest of a record, under a header of its own [LOG-1]. */
  #rest(position: number, offset: number, limitBytes: number): Run | undefined {
    const header = readRecordHeader(this.view, position)
    const skipped = offset - header.offset
    const payloadBytes = header.payloadBytes - skipped
    if (payloadBytes > limitBytes) return undefined
    const head = new Uint8Array(RECORD_HEADER_BYTES)
    const flags = RECORD_CONTINUED
    writeRecordHeader(viewOf(head), 0, { ...header, flags, payloadBytes, offset })
    const start = position + RECORD_HEADER_BYTES
    const end = start + header.payloadBytes
    const rest = this.bytes.subarray(start + skipped, end)
    return { parts: [head, rest], position: end, to: offset + payloadBytes }
  }

  #whole(start: number, from: number, limitBytes: number): Run | undefined {
    let position = start
    let to = from
    if (this.endOffset <= from + limitBytes) {
      position = this.usedBytes
      to = this.endOffset
    } else {
      for (;;) {
        const payloadBytes = this.#payloadBytes(position)
        if (to + payloadBytes > from + limitBytes) break
        position += RECORD_HEADER_BYTES + payloadBytes
        to += payloadBytes
      }
    }
    if (position === start) return undefined
    return { parts: [this.bytes.subarray(start, position)], position, to }
  }

  #payloadBytes(position: number): number {
    return this.view.getUint32(position + 4)
  }
}
