// Owns time for the host: one wall clock that never runs backwards, so records stay in order when
// somebody sets the system's clock.

/** The time as the rooms of the host see it. */
export interface Clock {
  /** Microseconds since 1970, an integer that never decreases. */
  nowUs(): number
  /** Milliseconds since 1970, an integer. */
  nowMs(): number
  /** Milliseconds from an arbitrary start; only for differences. */
  monotonicMs(): number
}

/** So far may ours stay behind the system's clock: more than it is ever slewed by, less than people notice. */
const MAX_LAG_MS = 500

/**
 * The real one: started from the wall clock, carried on by the monotonic one, which stands still while the
 * machine sleeps: when the wall clock is ahead, ours follows; when it was set back, ours goes on.
 */
export function systemClock(): Clock {
  let startUs = performance.timeOrigin * 1000
  const nowUs = (): number => {
    const us = startUs + performance.now() * 1000
    const lagUs = Date.now() * 1000 - us
    if (lagUs <= MAX_LAG_MS * 1000) return Math.round(us)
    startUs += lagUs
    return Math.round(us + lagUs)
  }
  return {
    nowUs,
    nowMs: () => Math.round(nowUs() / 1000),
    monotonicMs: () => performance.now(),
  }
}
