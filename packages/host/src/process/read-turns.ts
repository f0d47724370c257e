// Owns the one read buffer of the host and the rule of fairness: how much one wake-up may read.
// Before: output-reader asks; after: it reads. Must not know who the owners are.

/** Below this a read is delivered at once, without an attempt to read more: an echo pays nothing extra. */
export const SMALL_READ_BYTES: number = 1024

/** One wake-up of a process that is alone. Larger gained nothing; 64 KiB take about a millisecond. */
export const ALONE_TURN_BYTES: number = 64 * 1024

/** One wake-up while another process is active: bounds what a key of that one waits for. */
export const CONTENDED_TURN_BYTES: number = 16 * 1024

/** Another process counts as active for this long after its last input or output. */
export const CONTENTION_MS: number = 100

/** Which process read or was written to last decides what the next read may take. */
export class ReadTurns {
  /** Every read of the host goes through here, one at a time: idle processes own no buffer. */
  readonly buffer: Uint8Array = Buffer.allocUnsafeSlow(ALONE_TURN_BYTES)
  /** What the event loop's own read may fill; the rest of a turn is read after it. */
  readonly firstRead: Uint8Array = this.buffer.subarray(0, CONTENDED_TURN_BYTES)

  readonly #clock: { nowMs(): number }
  #owner: object | undefined
  #ownerActiveMs = Number.NEGATIVE_INFINITY
  #othersActiveMs = Number.NEGATIVE_INFINITY

  constructor(clock: { nowMs(): number }) {
    this.#clock = clock
  }

  /**
   * Notes that `owner` is active now.
   * @returns bytes that it may read in this turn
   */
  take(owner: object): number {
    const nowMs = this.#clock.nowMs()
    if (owner !== this.#owner) {
      this.#owner = owner
      this.#othersActiveMs = this.#ownerActiveMs
    }
    this.#ownerActiveMs = nowMs
    return nowMs - this.#othersActiveMs < CONTENTION_MS ? CONTENDED_TURN_BYTES : ALONE_TURN_BYTES
  }
}
