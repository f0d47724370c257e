// Owns when the host leaves by itself: after a while with no link and no running session.

/** Default time without link and running session, in milliseconds. */
export const IDLE_EXIT_MS = 60_000

export class IdleExit {
  readonly #isIdle: () => boolean
  readonly #leave: () => void
  readonly #afterMs: number
  #timer: NodeJS.Timeout | undefined

  constructor(options: { isIdle: () => boolean; leave: () => void; afterMs: number }) {
    this.#isIdle = options.isIdle
    this.#leave = options.leave
    this.#afterMs = options.afterMs
  }

  /** Looks again; called at the start and whenever a link or a session ended. */
  update(): void {
    clearTimeout(this.#timer)
    if (!this.#isIdle()) return
    this.#timer = setTimeout(() => {
      if (this.#isIdle()) this.#leave()
    }, this.#afterMs)
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}
