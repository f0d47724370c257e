// Owns time for unit tests: it stands still until a test moves it. Timers fire in their order.

import type { Runtime } from '../../src/index.ts'

interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

export class ManualRuntime implements Runtime {
  readonly reported: unknown[] = []
  nowMs = 1_000_000
  /** What `random` gives: 0.5 takes the middle of every jitter. */
  chance = 0.5
  #timers: Timer[] = []
  #randomBytes = 0

  wallClockMs(): number {
    return this.nowMs
  }

  monotonicMs(): number {
    return this.nowMs
  }

  random(): number {
    return this.chance
  }

  randomBytes(count: number): Uint8Array {
    this.#randomBytes++
    return Uint8Array.from({ length: count }, (_, i) => (i === 0 ? this.#randomBytes : i))
  }

  setTimer(callback: () => void, delayMs: number): () => void {
    const timer = { atMs: this.nowMs + delayMs, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  report(error: unknown): void {
    this.reported.push(error)
  }

  /** When timers will fire, from now, in milliseconds. */
  get pendingMs(): number[] {
    return this.#timers.map(({ atMs }) => atMs - this.nowMs).toSorted((a, b) => a - b)
  }

  /** Moves time on, and lets happen what follows from each timer. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.nowMs + byMs
    for (;;) {
      const [next] = this.#timers.toSorted((a, b) => a.atMs - b.atMs)
      if (next === undefined || next.atMs > endMs) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.nowMs = Math.max(this.nowMs, next.atMs)
      next.callback()
      await settled()
    }
    this.nowMs = endMs
    await settled()
  }
}

/** Lets everything happen that is about to: frames in memory cross in a few turns of the event loop. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) {
    await new Promise<void>((resolve) => void setImmediate(resolve))
  }
}
