// Owns input between `write` and the process: numbers it, holds it until the host says that it was written,
// sends it again after a reconnection. At most once: a number never changes its bytes.
//
//   | unacknowledged: numbered, sent, ≤ 256 KiB | waiting for room: no number yet |
//   ^ acknowledged from this end                 ^ admitted here               ^ written at this end

import {
  inputSequence,
  LimpetError,
  MAX_INPUT_PAYLOAD_BYTES,
  MAX_UNACKNOWLEDGED_INPUT_BYTES,
  type InputFrame,
  type InputSequence,
} from '@limpet/protocol'
import { deferred, type Deferred } from './deferred.ts'
import { MAX_WAITING_INPUT_BYTES } from './limits.ts'

export type SequencedInput = Omit<InputFrame, 'kind' | 'attachment'>

export interface WriteOptions {
  /** The bytes are a terminal's answer to a query, not something typed. @default false */
  readonly isAnswer?: boolean
}

interface Piece {
  readonly bytes: Uint8Array
  readonly isAnswer: boolean
  readonly isLast: boolean
  readonly write: Deferred<void>
  /** True when the write that it belongs to ends with it. */
  readonly isEnd: boolean
}

interface Admitted extends Piece {
  readonly sequence: InputSequence
}

export class InputQueue {
  readonly #send: (input: SequencedInput) => void
  #admitted: Admitted[] = []
  #waiting: Piece[] = []
  #admittedBytes = 0
  #waitingBytes = 0
  #nextSequence = 1
  /** True while there is an attachment to send over. */
  #isLive = false
  #ended: LimpetError | undefined
  /**
   * Sent behind a frame that was refused: the host refuses each of them, too, in this order. Their numbers are
   * in use again by then, for other bytes, which must not be taken for the refused ones.
   */
  #stale: InputSequence[] = []

  constructor(send: (input: SequencedInput) => void) {
    this.#send = send
  }

  /** Bytes that are not known to be written, with those that wait for room. */
  get pendingBytes(): number {
    return this.#admittedBytes + this.#waitingBytes
  }

  /**
   * @param bytes must not change until the promise is settled
   * @returns when the host has written all of it to the process
   * @throws LimpetError INPUT_OVERFLOW, or why the input ended
   */
  write(bytes: Uint8Array, options: { isAnswer: boolean; isLast: boolean }): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended)
    if (bytes.byteLength === 0 && !options.isLast) return Promise.resolve()
    if (this.#waitingBytes >= MAX_WAITING_INPUT_BYTES) return Promise.reject(tooMuchWaits())
    const write = deferred<void>()
    let start = 0
    do {
      const end = Math.min(start + MAX_INPUT_PAYLOAD_BYTES, bytes.byteLength)
      const isEnd = end === bytes.byteLength
      const isLast = options.isLast && isEnd
      const piece = { bytes: bytes.subarray(start, end), isAnswer: options.isAnswer, isLast }
      this.#waiting.push({ ...piece, write, isEnd })
      start = end
    } while (start < bytes.byteLength)
    this.#waitingBytes += bytes.byteLength
    this.#admit()
    return write.promise
  }

  /** All input up to the sequence was written to the process. */
  acknowledged(sequence: InputSequence): void {
    while (this.#admitted[0] && this.#admitted[0].sequence <= sequence) {
      const piece = this.#admitted.shift()
      this.#admittedBytes -= piece?.bytes.byteLength ?? 0
      if (piece?.isEnd) piece.write.resolve()
    }
    this.#admit()
  }

  /**
   * One frame was refused for good, and what follows it with it: the host applies only the next number.
   * @returns false when the refusal says that both ends count differently: only a new attachment can mend that
   */
  refused(sequence: InputSequence, error: LimpetError): boolean {
    if (this.#stale[0] === sequence) {
      this.#stale.shift()
      return true
    }
    const index = this.#admitted.findIndex((piece) => piece.sequence === sequence)
    if (index < 0) return true // nothing of it is here any more
    if (error.definition.retriable) return false
    const refused = this.#admitted.splice(index)
    if (this.#isLive) this.#stale = refused.slice(1).map((piece) => piece.sequence)
    for (const piece of refused) this.#admittedBytes -= piece.bytes.byteLength
    this.#nextSequence = sequence
    const waiting = this.#takeWaiting()
    for (const piece of [...refused, ...waiting]) piece.write.reject(error)
    return true
  }

  /**
   * An attachment begins.
   * @param lastInput newest input of this client that the host has taken over, written or not [INPUT-3]
   */
  resume(lastInput: InputSequence): void {
    const lastKnown = (this.#admitted[0]?.sequence ?? this.#nextSequence) - 1
    if (lastInput < lastKnown) this.#startOver(lastInput)
    this.#isLive = true
    this.#stale = []
    for (const piece of this.#admitted) if (piece.sequence > lastInput) this.#send(piece)
    this.#admit()
  }

  /** The attachment is gone; another may come. */
  suspend(): void {
    this.#isLive = false
  }

  /** Takes nothing more, and drops what waits; what is on its way may still be acknowledged. Idempotent. */
  close(error: LimpetError): void {
    this.#ended ??= error
    for (const piece of this.#takeWaiting()) piece.write.reject(this.#ended)
  }

  /** Nothing more will be heard of what is on its way. Idempotent: the first reason stays. */
  end(error: LimpetError): void {
    this.close(error)
    this.#isLive = false
    const admitted = this.#admitted
    this.#admitted = []
    this.#admittedBytes = 0
    for (const piece of admitted) piece.write.reject(this.#ended ?? error)
  }

  #admit(): void {
    for (;;) {
      const piece = this.#waiting[0]
      const bytes = piece?.bytes.byteLength ?? 0
      if (!piece || this.#admittedBytes + bytes > MAX_UNACKNOWLEDGED_INPUT_BYTES) return
      this.#waiting.shift()
      this.#waitingBytes -= bytes
      this.#admittedBytes += bytes
      const admitted = { ...piece, sequence: inputSequence(this.#nextSequence++) }
      this.#admitted.push(admitted)
      if (this.#isLive) this.#send(admitted)
    }
  }

  /**
   * The host has forgotten this client (it remembers the newest 64). What was on its way may have been
   * written or not; sending it again could write it twice.
   */
  #startOver(lastInput: InputSequence): void {
    const uncertain = new Set(this.#admitted.map((piece) => piece.write))
    this.#admitted = []
    this.#admittedBytes = 0
    this.#nextSequence = lastInput + 1
    // The rest of a write that has lost its beginning is of no use.
    this.#waiting = this.#waiting.filter((piece) => !uncertain.has(piece.write))
    this.#waitingBytes = this.#waiting.reduce((sum, piece) => sum + piece.bytes.byteLength, 0)
    for (const write of uncertain) write.reject(forgotten())
  }

  #takeWaiting(): Piece[] {
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    return waiting
  }
}

function tooMuchWaits(): LimpetError {
  return new LimpetError(
    'INPUT_OVERFLOW',
    `More than ${MAX_WAITING_INPUT_BYTES} bytes of input wait already. Wait for the earlier writes.`,
    { details: { limitBytes: MAX_WAITING_INPUT_BYTES } },
  )
}

function forgotten(): LimpetError {
  return new LimpetError(
    'CONNECTION_LOST',
    'The host no longer knows which input of this client it has written; it may or may not have arrived.',
  )
}
