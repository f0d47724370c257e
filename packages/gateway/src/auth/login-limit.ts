// Owns how often somebody may guess: a bucket of wrong logins for each address and one for all, refilled
// steadily. Right logins cost nothing. Bearer tokens are not counted: 256 bits are not guessed, and a script
// with an old token must not lock its owner out of the page.

import { LimpetError } from '@limpet/protocol'
import type { Clock } from '../clock.ts'
import {
  MAX_REMEMBERED_ADDRESSES,
  WRONG_LOGINS_PER_MINUTE,
  WRONG_LOGINS_PER_MINUTE_IN_ALL,
} from '../limits.ts'

const MINUTE_MS = 60_000

interface Bucket {
  /** Wrong logins still allowed. */
  left: number
  /** When `left` was right, by the steady clock. */
  atMs: number
}

export class LoginLimit {
  readonly #clock: Clock
  readonly #all: Bucket
  /** In the order in which addresses were last wrong. */
  readonly #byAddress = new Map<string, Bucket>()
  /** The end of the look that was asked for last. */
  #lastLook: Promise<unknown> = Promise.resolve()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#all = { left: WRONG_LOGINS_PER_MINUTE_IN_ALL, atMs: clock.steadyMs() }
  }

  /**
   * Looks, and counts what was wrong. One at a time: of many that come at once, none is looked at before those
   * ahead of it are counted.
   * @param look undefined: it was wrong
   * @throws LimpetError TOO_MANY_LOGINS with `retryAfterSeconds`, before the login is even looked at
   */
  attempt<T>(address: string, look: () => Promise<T | undefined>): Promise<T | undefined> {
    const attempt = this.#lastLook.then(async () => {
      this.#requireRoom(address)
      const found = await look()
      if (found === undefined) this.#countWrong(address)
      return found
    })
    this.#lastLook = attempt.catch(() => {}) // who asked is told
    return attempt
  }

  #requireRoom(address: string): void {
    const bucket = this.#byAddress.get(address)
    const waits = [
      this.#waitMs(this.#all, WRONG_LOGINS_PER_MINUTE_IN_ALL),
      bucket ? this.#waitMs(bucket, WRONG_LOGINS_PER_MINUTE) : 0,
    ]
    const retryAfterSeconds = Math.ceil(Math.max(...waits) / 1000)
    if (retryAfterSeconds === 0) return
    throw new LimpetError(
      'TOO_MANY_LOGINS',
      `Too many wrong logins. Try again in ${retryAfterSeconds} s.`,
      { details: { retryAfterSeconds } },
    )
  }

  #countWrong(address: string): void {
    const bucket = this.#byAddress.get(address) ?? {
      left: WRONG_LOGINS_PER_MINUTE,
      atMs: this.#clock.steadyMs(),
    }
    this.#byAddress.delete(address)
    this.#byAddress.set(address, bucket)
    this.#take(bucket, WRONG_LOGINS_PER_MINUTE)
    this.#take(this.#all, WRONG_LOGINS_PER_MINUTE_IN_ALL)
    const [oldest] = this.#byAddress.keys()
    if (this.#byAddress.size > MAX_REMEMBERED_ADDRESSES && oldest !== undefined) {
      this.#byAddress.delete(oldest)
    }
  }

  #take(bucket: Bucket, perMinute: number): void {
    this.#refill(bucket, perMinute)
    bucket.left -= 1
  }

  /** Milliseconds until one more is allowed. */
  #waitMs(bucket: Bucket, perMinute: number): number {
    this.#refill(bucket, perMinute)
    return bucket.left >= 1 ? 0 : (1 - bucket.left) * (MINUTE_MS / perMinute)
  }

  #refill(bucket: Bucket, perMinute: number): void {
    const now = this.#clock.steadyMs()
    bucket.left = Math.min(perMinute, bucket.left + ((now - bucket.atMs) * perMinute) / MINUTE_MS)
    bucket.atMs = now
  }
}
