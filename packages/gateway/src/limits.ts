// Owns the times, sizes and counts of a gateway: each with its unit, its reason, and what happens at it.
// Sizes of frames are the protocol's; those that an operator may change are in config/resolve-config.ts.

/** A request whose head is not there by then is dropped (a half-open socket costs 9 kB of memory). */
export const HEADERS_DEADLINE_MS = 5000

/** A request whose body is not there by then is dropped. Longer than HEADERS_DEADLINE_MS. */
export const REQUEST_DEADLINE_MS = 10_000

/** How often the two above are looked at; Node's default of 30 s would make them 35 s. */
export const DEADLINE_SWEEP_MS = 1000

/** An idle connection of a browser is kept this long for its next request. */
export const KEEP_ALIVE_MS = 30_000

/** TCP connections beyond the WebSockets allowed: page loads and half-open ones. More are dropped unread. */
export const SPARE_CONNECTIONS = 512

/** A WebSocket takes a descriptor for its client and one for its link to the host. */
export const DESCRIPTORS_PER_CONNECTION = 2

/** Kept free for files, the log, the standing link and what Node itself holds (some 25). */
export const RESERVED_DESCRIPTORS = 48

/** Connections that were dropped for want of room are told of in the log at most this often. */
export const DROPPED_LOG_MS: number = 10_000

/** Largest body of an HTTP request in bytes; a login takes 60. More answers 413. */
export const MAX_BODY_BYTES: number = 16 * 1024

/** Deciding who asks takes one small file read; when a disk hangs the request is refused. */
export const AUTHORISE_DEADLINE_MS = 1000

/** A login that was not used for this long is over. */
export const LOGIN_IDLE_MS: number = 30 * 24 * 60 * 60 * 1000

/** A used login is written to the file again at most this often. Far below LOGIN_IDLE_MS. */
export const LOGIN_TOUCH_MS: number = 60 * 60 * 1000

/** Logins kept; the one unused for longest makes room. 2 000 take half a megabyte of file. */
export const MAX_LOGINS = 2000

/** How long a share holds when its maker says nothing. Below the protocol's MAX_SHARE_MS. */
export const SHARE_DEFAULT_MS: number = 24 * 60 * 60 * 1000

/** Shares of sessions that are gone are forgotten this often; until then they show nothing. */
export const SHARE_TIDY_MS: number = 60 * 1000

/**
 * The host is asked for a sign of life this often, one question at a time, and is called unresponsive after so many
 * beats without an answer: 10 to 11 s after it stood still. Beats are counted, not time: a gateway that stood still
 * itself blames nobody. A host that works hard answers within milliseconds.
 */
export const HOST_BEAT_MS = 1000
export const HOST_SILENT_BEATS = 10

/** The event loop is looked at this often; the latest looks decide on /healthz. */
export const LOOP_BEAT_MS = 500
export const LOOP_BEATS_KEPT = 20

/** A turn of the event loop that took longer makes the gateway degraded: keys feel slow long before. */
export const LOOP_LAG_DEGRADED_MS = 500

/** Output that one REST answer holds: by default, and at most, in bytes. The largest is a viewer's largest window. */
export const REST_DEFAULT_BYTES: number = 1024 * 1024
export const REST_MOST_BYTES: number = 8 * 1024 * 1024

/** How long a REST request may wait for output that is not there yet. Proxies often cut at 60 s. */
export const REST_MOST_WAIT_MS = 60_000

/** REST requests for output at once; each may hold REST_MOST_BYTES. More answer 429. */
export const MAX_REST_READS = 64

/** Of those, guests by shares together have at most so many: the owner is never locked out. */
export const MAX_GUEST_REST_READS = 48

/** An answer that was not taken by then is given up: the largest comes through a line of 70 kB/s. */
export const REST_SEND_DEADLINE_MS = 120_000

/** Guests by shares together have at most this share of all WebSockets: the owner gets in, and can revoke. */
export const GUEST_SOCKET_SHARE = 0.75

/** Output that is there is read from the host within this time. */
export const REST_READ_DEADLINE_MS = 30_000

/** A question of the gateway's own to the host is given up after this time. */
export const LINK_REQUEST_DEADLINE_MS = 10_000

/** How often open connections' logins and shares are looked at: one that was taken back ends them by then. */
export const GRANT_SWEEP_MS = 1000

/** Wrong logins a minute from one address, and from all; more answer 429. */
export const WRONG_LOGINS_PER_MINUTE = 10
export const WRONG_LOGINS_PER_MINUTE_IN_ALL = 100

/** Addresses whose wrong logins are remembered; the oldest is forgotten. */
export const MAX_REMEMBERED_ADDRESSES = 10_000

/** Another process that writes the same file takes milliseconds; one that died holds its lock this long. */
export const FILE_LOCK_STALE_MS = 5000
export const FILE_LOCK_POLL_MS = 10

/**
 * Every WebSocket is pinged this often, and dropped when nothing came from it until the next ping: a dead
 * peer is noticed within 15 to 30 s.
 */
export const PING_INTERVAL_MS = 15_000

/** Fragments of one WebSocket message; ws' own limit would let one message be 16 384 pieces. More closes 1008. */
export const MAX_MESSAGE_FRAGMENTS = 1024

/**
 * Bytes waiting for one client, above which nothing more is read for it. Far below a window (512 KiB), above what
 * Node calls much for one socket (16 KiB; 64 KiB from version 22 on), below which it reports no drain.
 */
export const CLIENT_HIGH_WATER_BYTES: number = 64 * 1024

/**
 * Bytes waiting for one client, above which its connection is closed with 1008. Back-pressure stops what
 * comes from the host long before; only answers to a client that asks without reading get here.
 */
export const MAX_CLIENT_BACKLOG_BYTES: number = 4 * 1024 * 1024

/** Buffers of frames that are kept for the next ones, all connections together. More go to the collector. */
export const MAX_POOLED_BYTES: number = 8 * 1024 * 1024

/** Malformed messages within MALFORMED_WINDOW_MS that a connection survives; the next closes 4400. */
export const MALFORMED_ALLOWED = 9
export const MALFORMED_WINDOW_MS = 10_000

/** Commands of one run connection that wait for their turn; more are refused. */
export const MAX_WAITING_COMMANDS = 64

/** Longest line of stderr, in UTF-16 units, that the run dialect holds back to see its end. */
export const MAX_HELD_LINE_LENGTH: number = 16 * 1024

/** Output of one command with `gather=1`, in bytes (as Node's own exec); more ends the command. */
export const MAX_GATHERED_BYTES: number = 1024 * 1024

/** A closing gateway gives its clients this long to answer the close; then it hangs up. */
export const CLOSE_DEADLINE_MS = 1000
