// Owns the times and sizes of links. Frame sizes are the protocol's.

/** A host that was started answers within this time, or the caller is told that it does not. */
export const HOST_START_DEADLINE_MS = 10_000

/** Between two looks for a host that is just starting. */
export const HOST_START_POLL_MS = 20

/** A host that accepted the connection answers the hello within this time. */
export const HELLO_DEADLINE_MS = 5000

/** A peer that was told of the end closes its side within this time, or is cut off. */
export const CLOSE_DEADLINE_MS = 1000

/** Longest path of a Unix socket that Linux takes, less the final NUL (macOS: 103). */
export const MAX_SOCKET_PATH_BYTES: number = process.platform === 'darwin' ? 103 : 107

/** So long a starting host waits for an answer of who listens at its socket: it must know within a second. */
export const PROBE_DEADLINE_MS = 500
