// Owns the place of one viewer in the log, and that what arrives is contiguous [LOG-2]: bytes already had
// are cut, a hole that no gap announced is a fault of the peer. Knows when the terminal's state is missing:
// after a gap, or at the beginning from the screen, until a checkpoint or a record shows that it is made up for.

import {
  byteOffset,
  factOf,
  encodeFact,
  LimpetError,
  RECORD_KIND,
  type ByteOffset,
  type Checkpoint,
  type Gap,
  type LogRecord,
} from '@limpet/protocol'

export interface OutputCursorOptions {
  /** A checkpoint comes first. @default false */
  readonly startsAtScreen?: boolean
  /** A checkpoint may come after each gap. @default false */
  readonly takesCheckpoints?: boolean
}

export class OutputCursor {
  readonly #takesCheckpoints: boolean
  #next: ByteOffset
  #lacksScreen: boolean
  /** True once anything was handed on. */
  #hasBegun = false

  /** @param next offset of the first byte that is wanted */
  constructor(next: ByteOffset, options: OutputCursorOptions = {}) {
    this.#next = next
    this.#takesCheckpoints = options.takesCheckpoints ?? false
    this.#lacksScreen = options.startsAtScreen ?? false
  }

  /** Offset of the first byte that has not come yet. */
  get next(): ByteOffset {
    return this.#next
  }

  /** True: attached again by offset, the viewer would go on without knowing the terminal's state. */
  get lacksScreen(): boolean {
    return this.#lacksScreen
  }

  /** Wants bytes again that had come but were not kept. */
  rewind(next: ByteOffset): void {
    this.#next = next
    this.#lacksScreen = false // who drops a checkpoint drops the gap before it, too
  }

  /**
   * The terminal's state was asked for again, and will come from here on.
   * @returns what was skipped between what had come and this place, if anything had
   */
  moveToScreen(next: ByteOffset): Gap | undefined {
    const gap = { from: this.#next, to: next }
    this.#next = next
    return this.#hasBegun && gap.from < gap.to ? gap : undefined
  }

  /**
   * @returns the record, or the part of it that is new, or undefined when nothing is
   * @throws LimpetError MESSAGE_MALFORMED for a hole
   */
  take(record: LogRecord): LogRecord | undefined {
    const taken = record.kind === RECORD_KIND.gap ? this.#takeGap(record) : this.#takeLogged(record)
    if (taken) this.#hasBegun = true
    return taken
  }

  /** @throws LimpetError MESSAGE_MALFORMED for a terminal's state at another place [SCREEN-3] */
  takeCheckpoint({ offset }: Checkpoint): void {
    if (offset !== this.#next) {
      throw new LimpetError(
        'MESSAGE_MALFORMED',
        `A checkpoint came for offset ${offset}, where the output was at ${this.#next}.`,
        { details: { expectedOffset: this.#next, offset } },
      )
    }
    this.#lacksScreen = false
    this.#hasBegun = true
  }

  #takeLogged(record: LogRecord): LogRecord | undefined {
    const { offset, payload } = record
    if (offset > this.#next) throw this.#hole(offset)
    const end = offset + payload.byteLength
    if (end <= this.#next) return undefined
    const known = this.#next - offset
    const from = this.#next
    this.#next = byteOffset(end)
    this.#lacksScreen = false
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
    this.#lacksScreen = this.#takesCheckpoints
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
