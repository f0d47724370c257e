// Owns a log in memory: a chain of slabs, newest bytes kept. Before: the process room's readers; after:
// cursors of attachments. It never pauses anyone: what falls out becomes a gap for those who are behind.

import {
  byteOffset,
  encodeFact,
  encodeRecord,
  MAX_RECORD_PAYLOAD_BYTES,
  readRecordHeader,
  RECORD_CONTINUED,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
  viewOf,
  writeRecordHeader,
} from '@limpet/protocol'
import { FIRST_SLAB_BYTES, MAX_SPARE_SLABS, RETAIN_MEMORY_BYTES, SLAB_BYTES } from './limits.ts'
import type { LogChunk, LogCursor, SessionLog } from './session-log.ts'
import { Slab } from './slab.ts'

const MAX_RECORD_BYTES = RECORD_HEADER_BYTES + MAX_RECORD_PAYLOAD_BYTES

export interface MemoryLogOptions {
  /** Encoded bytes to keep at least; up to one slab more are held. @default 8 MiB */
  readonly retainBytes?: number
}

export class MemoryLog implements SessionLog {
  readonly #retainBytes: number
  #first: Slab
  #last: Slab
  #usedBytes = 0
  #heldBytes = FIRST_SLAB_BYTES
  /** Memory of forgotten slabs that nobody ever read: a flood that nobody watches makes no garbage. */
  readonly #spares: Uint8Array[] = []

  constructor(options: MemoryLogOptions = {}) {
    this.#retainBytes = options.retainBytes ?? RETAIN_MEMORY_BYTES
    this.#first = new Slab(Buffer.allocUnsafeSlow(FIRST_SLAB_BYTES), 0)
    this.#last = this.#first
  }

  get keptFrom(): number {
    return this.#first.startOffset
  }

  get end(): number {
    return this.#last.endOffset
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  get diskBytes(): number {
    return 0
  }

  get isDurable(): boolean {
    return false
  }

  get safeBytes(): number {
    const { next } = this.#first
    const isKept = next === undefined || this.#usedBytes + MAX_RECORD_BYTES < this.#retainBytes
    return this.end - (isKept ? this.keptFrom : next.startOffset)
  }

  append(kind: number, payload: Uint8Array, timeUs: number): void {
    for (let at = 0; at < payload.byteLength; at += MAX_RECORD_PAYLOAD_BYTES) {
      const piece = payload.subarray(at, at + MAX_RECORD_PAYLOAD_BYTES)
      if (!this.#last.hasRoom(piece.byteLength)) this.#grow(piece.byteLength)
      const usedBefore = this.#last.usedBytes
      this.#last.append(kind, piece, timeUs)
      this.#usedBytes += this.#last.usedBytes - usedBefore
    }
    this.#forget()
  }

  openCursor(offset: number): LogCursor {
    return new MemoryCursor(this, offset)
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  async remove(): Promise<void> {}

  /** The slab that holds `offset`, or the last one when it is the end. */
  slabAt(offset: number): Slab {
    let slab = this.#first
    while (slab.endOffset <= offset && slab.next) slab = slab.next
    return slab
  }

  #grow(payloadBytes: number): void {
    const doubled = Math.min(SLAB_BYTES, this.#last.bytes.byteLength * 2)
    const size = Math.max(doubled, RECORD_HEADER_BYTES + payloadBytes)
    const slab = new Slab(this.#memory(size), this.#last.endOffset)
    this.#last.next = slab
    this.#last = slab
    this.#heldBytes += size
  }

  #memory(bytes: number): Uint8Array {
    const spare = this.#spares.findIndex((candidate) => candidate.byteLength === bytes)
    return this.#spares.splice(spare, spare < 0 ? 0 : 1)[0] ?? Buffer.allocUnsafeSlow(bytes)
  }

  #forget(): void {
    for (;;) {
      const { next, usedBytes, bytes, wasRead } = this.#first
      if (next === undefined || this.#usedBytes - usedBytes < this.#retainBytes) return
      this.#usedBytes -= usedBytes
      this.#heldBytes -= bytes.byteLength
      // The chain is cut: a cursor that stands still in here must not hold all that comes after.
      this.#first.next = undefined
      if (!wasRead && this.#spares.length < MAX_SPARE_SLABS) this.#spares.push(bytes)
      this.#first = next
    }
  }
}

class MemoryCursor implements LogCursor {
  readonly #log: MemoryLog
  #slab: Slab | undefined
  #position = 0
  #offset: number

  constructor(log: MemoryLog, offset: number) {
    this.#log = log
    this.#offset = offset
  }

  get offset(): number {
    return this.#offset
  }

  read(limitBytes: number): LogChunk | undefined {
    if (this.#offset < this.#log.keptFrom) return this.#gap()
    if (this.#offset >= this.#log.end) return undefined
    const slab = this.#locate()
    return this.#startsInside(slab) ? this.#rest(slab, limitBytes) : this.#run(slab, limitBytes)
  }

  close(): void {
    this.#slab = undefined
  }

  #gap(): LogChunk {
    const gap = { from: byteOffset(this.#offset), to: byteOffset(this.#log.keptFrom) }
    const record = { kind: RECORD_KIND.gap, offset: gap.from, timeUs: 0, payload: encodeFact(gap) }
    this.#slab = undefined
    this.#offset = gap.to
    return { parts: [encodeRecord(record)], from: gap.from, to: gap.to, gap }
  }

  /** Finds the slab and the record of the offset: by one step as a rule, by a scan at first. */
  #locate(): Slab {
    let slab = this.#slab
    const isAtEnd = slab !== undefined && this.#position === slab.usedBytes
    if (isAtEnd && slab?.next) {
      slab = slab.next
      this.#position = 0
    } else if (slab === undefined || isAtEnd) {
      // At the end of a slab without a next one: it was forgotten meanwhile, and its chain was cut.
      slab = this.#log.slabAt(this.#offset)
      this.#position = positionOf(slab, this.#offset)
    }
    this.#slab = slab
    return slab
  }

  #startsInside(slab: Slab): boolean {
    return readRecordHeader(slab.view, this.#position).offset < this.#offset
  }

  #rest(slab: Slab, limitBytes: number): LogChunk | undefined {
    const header = readRecordHeader(slab.view, this.#position)
    const skipped = this.#offset - header.offset
    const payloadBytes = header.payloadBytes - skipped
    if (payloadBytes > limitBytes) return undefined
    const head = new Uint8Array(RECORD_HEADER_BYTES)
    const flags = RECORD_CONTINUED
    writeRecordHeader(viewOf(head), 0, { ...header, flags, payloadBytes, offset: this.#offset })
    const start = this.#position + RECORD_HEADER_BYTES
    slab.wasRead = true
    const rest = slab.bytes.subarray(start + skipped, start + header.payloadBytes)
    return this.#advance([head, rest], start + header.payloadBytes, this.#offset + payloadBytes)
  }

  #run(slab: Slab, limitBytes: number): LogChunk | undefined {
    const start = this.#position
    let position = start
    let offset = this.#offset
    const limit = this.#offset + limitBytes
    if (slab.endOffset <= limit) {
      position = slab.usedBytes
      offset = slab.endOffset
    } else {
      for (;;) {
        const payloadBytes = slab.view.getUint32(position + 4)
        if (offset + payloadBytes > limit) break
        position += RECORD_HEADER_BYTES + payloadBytes
        offset += payloadBytes
      }
    }
    if (position === start) return undefined
    slab.wasRead = true
    return this.#advance([slab.bytes.subarray(start, position)], position, offset)
  }

  #advance(parts: readonly Uint8Array[], position: number, offset: number): LogChunk {
    const from = this.#offset
    this.#position = position
    this.#offset = offset
    return { parts, from, to: offset }
  }
}

/** Where the record begins that holds `offset`. */
function positionOf(slab: Slab, offset: number): number {
  let position = 0
  let end = slab.startOffset
  while (position < slab.usedBytes) {
    const payloadBytes = slab.view.getUint32(position + 4)
    if (end + payloadBytes > offset) return position
    end += payloadBytes
    position += RECORD_HEADER_BYTES + payloadBytes
  }
  return position
}
