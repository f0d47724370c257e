// Owns when the host leaves by itself: after a while with no link and no running session.

/** Default time without link and running session, in milliseconds. */
const IDLE_EXIT_MS = 60_000

/** The longest time that a timer takes; above it one fires at once. */
const MAX_IDLE_MS = 2 ** 31 - 1

/**
 * Reads a time without link and running session after which the host leaves.
 * @param text whole milliseconds @default 60 s
 * @throws RangeError when it is none: a host that misread it would leave at once
 */
export function parseIdleTime(text: string | undefined): number {
  if (text === undefined) return IDLE_EXIT_MS
  const ms = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (ms <= MAX_IDLE_MS) return ms
  throw new RangeError(
    `The idle time is "${text}"; it takes whole milliseconds, ${MAX_IDLE_MS} (24 days) at most.`,
  )
}

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
