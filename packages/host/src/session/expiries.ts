// Owns when ended sessions are forgotten: one timer for all of them, whatever the distance.

import type { Clock } from '../base/clock.ts'
import { MAX_TIMER_MS } from './limits.ts'

export class Expiries<T> {
  readonly #clock: Clock
  readonly #expire: (one: T) => void
  /** When, in milliseconds since 1970. */
  readonly #times = new Map<T, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(clock: Clock, expire: (one: T) => void) {
    this.#clock = clock
    this.#expire = expire
  }

  /** @param at milliseconds since 1970 */
  set(one: T, at: number): void {
    this.#times.set(one, at)
    this.#arm()
  }

  delete(one: T): void {
    if (this.#times.delete(one)) this.#arm()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#times.clear()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    if (this.#times.size === 0) return
    const dueMs = Math.min(...this.#times.values()) - this.#clock.nowMs()
    // A timer that is too long comes back in between, and finds nothing due.
    const delayMs = Math.min(Math.max(dueMs, 0), MAX_TIMER_MS)
    this.#timer = setTimeout(() => this.#handleTimer(), delayMs).unref()
  }

  #handleTimer(): void {
    const now = this.#clock.nowMs()
    for (const [one, at] of [...this.#times]) {
      if (at > now) continue
      this.#times.delete(one)
      this.#expire(one)
    }
    this.#arm()
  }
}
