// Owns the limits of one link.

/** Answers and notifications that may wait for a peer that does not read; then the link is closed (1008). */
export const MAX_CONTROL_BUFFER_BYTES: number = 4 * 1024 * 1024

/** Broken messages in BROKEN_WINDOW_MS after which a link is closed (4400). */
export const MAX_BROKEN_MESSAGES = 10
export const BROKEN_WINDOW_MS = 10_000

/** Between two looks whether the socket's path is still there (a logout removes runtime directories). */
export const SOCKET_CHECK_MS = 5000

/** A connection that has not said hello by then is closed: it would stay for ever, and keep an idle host alive. */
export const HELLO_WAIT_MS: number = 10_000

/** Most separate ranges of attachment ids that a link remembers as used; a client that counts has one. */
export const MAX_ID_RANGES: number = 4096
