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

/** The real one: started from the wall clock, carried on by the monotonic one. */
export function systemClock(): Clock {
  return {
    nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
    nowMs: () => Math.round(performance.timeOrigin + performance.now()),
    monotonicMs: () => performance.now(),
  }
}
