// Owns the place of one viewer in the log, and that what arrives is contiguous [LOG-2]: bytes already had
// are cut, a hole that no gap announced is a fault of the peer.

import {
  byteOffset,
  factOf,
  encodeFact,
  LimpetError,
  RECORD_KIND,
  type ByteOffset,
  type LogRecord,
} from '@limpet/protocol'

export class OutputCursor {
  #next: ByteOffset

  /** @param next offset of the first byte that is wanted */
  constructor(next: ByteOffset) {
    this.#next = next
  }

  /** Offset of the first byte that has not come yet. */
  get next(): ByteOffset {
    return this.#next
  }

  /** Wants bytes again that had come but were not kept. */
  rewind(next: ByteOffset): void {
    this.#next = next
  }

  /**
   * @returns the record, or the part of it that is new, or undefined when nothing is
   * @throws LimpetError MESSAGE_MALFORMED for a hole
   */
  take(record: LogRecord): LogRecord | undefined {
    if (record.kind === RECORD_KIND.gap) return this.#takeGap(record)
    const { offset, payload } = record
    if (offset > this.#next) throw this.#hole(offset)
    const end = offset + payload.byteLength
    if (end <= this.#next) return undefined
    const known = this.#next - offset
    const from = this.#next
    this.#next = byteOffset(end)
    if (known === 0) return record
    return { ...record, offset: from, isContinued: true, payload: payload.subarray(known) }
  }

  #takeGap(record: LogRecord): LogRecord | undefined {
    const fact = factOf(record)
    if (fact.type !== 'gap') return undefined
    const { from, to } = fact.gap
    if (from > this.#next) throw this.#hole(from)
    if (to <= this.#next) return undefined
    const gap = { from: this.#next, to }
    this.#next = to
    return from === gap.from ? record : { ...record, offset: gap.from, payload: encodeFact(gap) }
  }

  #hole(offset: number): LimpetError {
    return new LimpetError(
      'MESSAGE_MALFORMED',
      `Output jumped from offset ${this.#next} to ${offset} without a gap record.`,
      { details: { expectedOffset: this.#next, offset } },
    )
  }
}
