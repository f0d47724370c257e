// Owns the two clocks of a gateway, so that tests can turn them. Nothing else here asks what time it is.

export interface Clock {
  /** Milliseconds since 1970; may jump when somebody sets it. For what is kept over restarts. */
  wallMs(): number
  /** Milliseconds from some start; never jumps. For limits and deadlines. */
  steadyMs(): number
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  steadyMs: () => performance.now(),
}
