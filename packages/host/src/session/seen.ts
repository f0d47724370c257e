// Owns who has seen which output of one session: per principal the newest time, so that all devices of a
// person agree on what is new [END-5]. Bounded: the principals who looked last are remembered.

import { MAX_SEEN_PRINCIPALS } from './limits.ts'

export class Seen {
  /** Least recently told first. */
  readonly #times: Map<string, number>

  /** @param times what was known before, oldest first */
  constructor(times: Iterable<readonly [string, number]> = []) {
    this.#times = new Map(times)
    this.#forget()
  }

  /** Newest output that each principal has seen, as `lastOutputAt`. */
  get times(): ReadonlyMap<string, number> {
    return this.#times
  }

  /**
   * This principal has seen the output up to this time.
   * @param outputAt milliseconds since 1970
   * @returns false when it had seen that already
   */
  see(principal: string, outputAt: number): boolean {
    if (outputAt <= (this.#times.get(principal) ?? Number.NEGATIVE_INFINITY)) return false
    this.#times.delete(principal)
    this.#times.set(principal, outputAt)
    this.#forget()
    return true
  }

  #forget(): void {
    for (const principal of this.#times.keys()) {
      if (this.#times.size <= MAX_SEEN_PRINCIPALS) return
      this.#times.delete(principal)
    }
  }
}
