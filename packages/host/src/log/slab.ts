// Owns one piece of memory full of encoded records. Written once, front to back, then only read: senders
// hold views of it without a copy, and the last holder lets it go.

import { RECORD_HEADER_BYTES, viewOf, writeRecordHeader } from '@limpet/protocol'

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
}
