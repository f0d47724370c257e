// Owns what the SDK asks of the place it runs in: time, timers, randomness. Tests give their own.
// The few globals used exist in Node and in every browser, but in no ECMAScript library type.

declare const setTimeout: (callback: () => void, delayMs: number) => unknown
declare const clearTimeout: (timer: unknown) => void
declare const performance: { now(): number }
declare const crypto: { getRandomValues(bytes: Uint8Array): Uint8Array }

export interface Runtime {
  /** Milliseconds since 1970, as people's clocks show it. */
  wallClockMs(): number
  /** Milliseconds by a clock that never jumps. */
  monotonicMs(): number
  /** From 0 (included) to 1 (excluded), for jitter. */
  random(): number
  /** From a cryptographic source. */
  randomBytes(count: number): Uint8Array
  /** @returns a function that cancels; calling it late or twice is harmless */
  setTimer(callback: () => void, delayMs: number): () => void
  /** A listener or sink of the user threw: nobody in here can handle that, but it must not vanish. */
  report(error: unknown): void
}

/** The real one: of Node and of browsers alike. */
export function systemRuntime(): Runtime {
  return {
    wallClockMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    random: () => Math.random(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    setTimer(callback, delayMs) {
      const timer = setTimeout(callback, delayMs)
      return () => clearTimeout(timer)
    },
    report(error) {
      // Uncaught, as if the listener had been called by an event: Node's and the browser's own rules apply.
      setTimeout(() => {
        throw error
      }, 0)
    },
  }
}
