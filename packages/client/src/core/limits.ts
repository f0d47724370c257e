// Owns the times, sizes and counts of the SDK. What both ends of the wire must agree on is the protocol's.

/** An answer comes within this time, or the request fails with CONNECTION_LOST; its default. */
export const REQUEST_DEADLINE_MS: number = 30_000

/** A dial that takes longer is given up and tried again. */
export const DIAL_DEADLINE_MS: number = 10_000

/** Silence after which the peer is asked for a sign of life. Below what proxies cut off (60 s, often 30 s). */
export const QUIET_MS: number = 15_000

/** How often it is looked whether there was silence: so much later than QUIET_MS it may be noticed. */
export const HEARTBEAT_TICK_MS: number = 3_000

/** A peer that was asked and says nothing for so long is dead. */
export const PING_DEADLINE_MS: number = 10_000

/** The same after a hint (network back, page visible again), when somebody is looking. */
export const PROBE_DEADLINE_MS: number = 3_000

/** A connection that lived so long was a good one: the next retries begin with the short delays again. */
export const STABLE_CONNECTION_MS: number = 5_000

/** How long `close` waits for the peer's side of the goodbye. */
export const CLOSE_DEADLINE_MS: number = 2_000

/** How long `Session.close` waits for the exit. Longer than the host's steps from hang-up to SIGKILL. */
export const SESSION_CLOSE_DEADLINE_MS: number = 30_000

/** Input that may wait for room in one session; a `write` above it is refused with INPUT_OVERFLOW. */
export const MAX_WAITING_INPUT_BYTES: number = 64 * 1024 * 1024

/** Output that `run` keeps, both streams together; more ends the command with OUTPUT_OVERFLOW. */
export const MAX_RUN_OUTPUT_BYTES: number = 64 * 1024 * 1024

/** Bytes waiting in a WebSocket above which `send…` says that the peer is slow. */
export const SEND_HIGH_WATER_BYTES: number = 1024 * 1024

/** Between two looks at a browser's WebSocket, which tells nobody when it has drained. */
export const DRAIN_POLL_MS: number = 10
