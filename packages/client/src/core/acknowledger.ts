// Owns how often consumption is told to the host: each quarter of the window, or 256 KiB, is enough for the flow
// [FLOW-1], so an echoed key costs no message of its own.

import { ACKNOWLEDGE_STEP_BYTES, ACKNOWLEDGE_WINDOW_SHARE, type ByteOffset } from '@limpet/protocol'

export interface AcknowledgerOptions {
  readonly from: ByteOffset
  readonly windowBytes: number
  readonly send: (offset: ByteOffset) => void
}

export class Acknowledger {
  readonly #send: (offset: ByteOffset) => void
  readonly #stepBytes: number
  #consumed: ByteOffset
  #sent: ByteOffset
  #isUrgent = false

  constructor(options: AcknowledgerOptions) {
    this.#send = options.send
    const share = options.windowBytes * ACKNOWLEDGE_WINDOW_SHARE
    this.#stepBytes = Math.min(share, ACKNOWLEDGE_STEP_BYTES)
    this.#consumed = options.from
    this.#sent = options.from
  }

  /** A new attachment begins: for the host everything below was consumed. */
  restart(from: ByteOffset): void {
    this.#sent = from
  }

  /** All bytes below the offset were dealt with. Older offsets are harmless. */
  consumed(offset: ByteOffset): void {
    if (offset > this.#consumed) this.#consumed = offset
    if (this.#isUrgent || this.#consumed - this.#sent >= this.#stepBytes) this.flush()
  }

  /**
   * A query in the output was answered: whoever answers after this viewer begins where this one last
   * acknowledged, so the next acknowledgement must not wait, or the query gets two answers.
   */
  hurry(): void {
    this.#isUrgent = true
  }

  flush(): void {
    if (this.#consumed <= this.#sent) return
    this.#isUrgent = false
    this.#sent = this.#consumed
    this.#send(this.#consumed)
  }
}
