// Owns when a recorded moment is due: its own pace, times a speed, no pause longer than a limit, and what the
// person at the keyboard wants. Knows no session. Before: times of records; after: whoever shows them.

/** A terminal that takes its time shifts what follows; after so long we no longer hurry to catch up. */
const MAX_LATE_MS = 200

/** Timers are no finer than this: what is due sooner is due now. */
const TIMER_GRAIN_MS = 1

export interface ReplayClockOptions {
  /** Times as fast as it was; above 0. */
  readonly speed: number
  /** Longest wait of the person who watches, in milliseconds. */
  readonly maxWaitMs: number
  /** A clock that never jumps. */
  readonly nowMs: () => number
}

export class ReplayClock {
  readonly #options: ReplayClockOptions
  #speed: number
  /** The recorded moment that is shown, or waited for; undefined before the first. */
  #atMs: number | undefined
  /** Recorded moments before this one are shown at once. */
  #skipToMs = -Infinity
  /** When the moment that is waited for is due, by our own clock. */
  #dueMs = 0
  #pausedSinceMs: number | undefined
  #hasEnded = false
  #wake = (): void => {}

  constructor(options: ReplayClockOptions) {
    this.#options = options
    this.#speed = options.speed
  }

  get isPaused(): boolean {
    return this.#pausedSinceMs !== undefined
  }

  /** @param momentMs when it was recorded @returns when it is due; false when the replay was ended */
  async turnOf(momentMs: number): Promise<boolean> {
    const { nowMs, maxWaitMs } = this.#options
    // The clock of the host may have been set back; a replay's is not.
    if (this.#atMs === undefined) this.#dueMs = nowMs()
    const fromMs = this.#atMs ?? momentMs
    this.#atMs = Math.max(momentMs, fromMs)
    const passedMs = this.#atMs - fromMs
    this.#dueMs = Math.max(this.#dueMs, nowMs() - MAX_LATE_MS)
    this.#dueMs += Math.min(passedMs / this.#speed, maxWaitMs)
    while (!this.#hasEnded) {
      if (momentMs < this.#skipToMs) this.#dueMs = nowMs()
      const restMs = this.#dueMs - nowMs()
      if (!this.isPaused && restMs <= TIMER_GRAIN_MS) break
      await this.#rest(this.isPaused ? undefined : restMs)
    }
    return !this.#hasEnded
  }

  togglePause(): void {
    const nowMs = this.#options.nowMs()
    if (this.#pausedSinceMs === undefined) this.#pausedSinceMs = nowMs
    else {
      this.#dueMs += nowMs - this.#pausedSinceMs
      this.#pausedSinceMs = undefined
    }
    this.#wake()
  }

  /** @param factor such as 2 for twice as fast as now */
  changeSpeed(factor: number): void {
    const nowMs = this.#options.nowMs()
    this.#speed *= factor
    this.#dueMs = nowMs + (this.#dueMs - nowMs) / factor
    this.#wake()
  }

  /** @param recordedMs how much of the recording is shown at once, from what is waited for on */
  skip(recordedMs: number): void {
    this.#skipToMs = Math.max(this.#skipToMs, this.#atMs ?? 0) + recordedMs
    this.#wake()
  }

  end(): void {
    this.#hasEnded = true
    this.#wake()
  }

  /** @param restMs undefined: until something is pressed */
  #rest(restMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = restMs === undefined ? undefined : setTimeout(() => this.#wake(), restMs)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = () => {}
        resolve()
      }
    })
  }
}
