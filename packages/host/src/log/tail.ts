// Owns the newest bytes of a log in memory: a chain of slabs. Before: the log's append; after: cursors, and
// the writer that carries the bytes to disk. What is let go here is no longer in memory, nothing more.

import { MAX_RECORD_PAYLOAD_BYTES, RECORD_HEADER_BYTES } from '@limpet/protocol'
import { FIRST_SLAB_BYTES, SLAB_BYTES } from './limits.ts'
import { Slab, type Run } from './slab.ts'
import type { SlabPool } from './slab-pool.ts'

export class Tail {
  readonly #pool: SlabPool
  #first: Slab | undefined
  #last: Slab | undefined
  #end: number
  #appendedBytes = 0
  #forgottenBytes = 0
  #heldBytes = 0

  /** @param startOffset where its first record begins */
  constructor(pool: SlabPool, startOffset = 0) {
    this.#pool = pool
    this.#end = startOffset
  }

  /** Oldest offset in memory. */
  get keptFrom(): number {
    return this.#first === undefined ? this.#end : this.#first.startOffset
  }

  /** Offset after the last record. */
  get end(): number {
    return this.#end
  }

  /** Encoded bytes of all records that ever were in it. */
  get appendedBytes(): number {
    return this.#appendedBytes
  }

  /** Those of them that are not in it any more. */
  get forgottenBytes(): number {
    return this.#forgottenBytes
  }

  /** Encoded bytes of all records in it. */
  get usedBytes(): number {
    return this.#appendedBytes - this.#forgottenBytes
  }

  /** Memory of its slabs. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  get first(): Slab | undefined {
    return this.#first
  }

  append(kind: number, payload: Uint8Array, timeUs: number): void {
    for (let at = 0; at < payload.byteLength; at += MAX_RECORD_PAYLOAD_BYTES) {
      const piece = payload.subarray(at, at + MAX_RECORD_PAYLOAD_BYTES)
      const slab = this.#last?.hasRoom(piece.byteLength) ? this.#last : this.#grow(piece.byteLength)
      slab.append(kind, piece, timeUs)
      this.#appendedBytes += RECORD_HEADER_BYTES + piece.byteLength
    }
    this.#end += payload.byteLength
  }

  /** The slab that holds `offset`, or the last one when it is the end. */
  slabAt(offset: number): Slab | undefined {
    let slab = this.#first
    while (slab?.next && slab.endOffset <= offset) slab = slab.next
    return slab
  }

  /**
   * Lets go of the oldest slab when `retainBytes` remain without it.
   * @param reusableBefore nobody but cursors looks at bytes below this offset any more
   * @returns false when nothing was let go
   */
  forgetFirst(retainBytes: number, reusableBefore: number): boolean {
    const first = this.#first
    if (first?.next === undefined || this.usedBytes - first.usedBytes < retainBytes) return false
    this.#first = first.next
    // The chain is cut: a cursor that stands still in here must not hold all that comes after.
    first.next = undefined
    this.#forgottenBytes += first.usedBytes
    this.#heldBytes -= first.bytes.byteLength
    if (!first.wasRead && first.endOffset <= reusableBefore) this.#pool.give(first.bytes)
    return true
  }

  /** Lets go of everything, which nobody but cursors may look at; what is appended next begins a new chain. */
  clear(): void {
    for (let slab = this.#first; slab;) {
      const { next, bytes, wasRead } = slab
      slab.next = undefined
      if (!wasRead) this.#pool.give(bytes)
      slab = next
    }
    this.#first = undefined
    this.#last = undefined
    this.#forgottenBytes = this.#appendedBytes
    this.#heldBytes = 0
  }

  #grow(payloadBytes: number): Slab {
    const doubled = Math.min(SLAB_BYTES, (this.#last?.bytes.byteLength ?? FIRST_SLAB_BYTES / 2) * 2)
    const size = Math.max(doubled, RECORD_HEADER_BYTES + payloadBytes)
    const before = this.#last
    // A record of a payload that became several: the log's end moves when all are in.
    const slab = new Slab(this.#pool.take(size), before?.endOffset ?? this.#end)
    if (before) before.next = slab
    else this.#first = slab
    this.#last = slab
    this.#heldBytes += size
    return slab
  }
}

/** A reader's place in a tail. */
export class TailCursor {
  readonly #tail: Tail
  #slab: Slab | undefined
  #position = 0

  constructor(tail: Tail) {
    this.#tail = tail
  }

  /**
   * @param offset in the tail, below its end
   * @returns undefined when the next record has more than `limitBytes` of payload left
   */
  read(offset: number, limitBytes: number): Run | undefined {
    const slab = this.#locate(offset)
    const run = slab?.read(this.#position, offset, limitBytes)
    if (run) this.#position = run.position
    return run
  }

  /** Where it stands says nothing any more. */
  reset(): void {
    this.#slab = undefined
  }

  /** Finds the slab and the record of the offset: by one step as a rule, by a scan at first. */
  #locate(offset: number): Slab | undefined {
    let slab = this.#slab
    const isAtEnd = slab !== undefined && this.#position === slab.usedBytes
    if (isAtEnd && slab?.next) {
      slab = slab.next
      this.#position = 0
    } else if (slab === undefined || isAtEnd) {
      // At the end of a slab without a next one: it was forgotten meanwhile, and its chain was cut.
      slab = this.#tail.slabAt(offset)
      this.#position = slab?.positionOf(offset) ?? 0
    }
    this.#slab = slab
    return slab
  }
}
