// Owns the limits of sessions and viewers on one host.

/** Processes that may run at once; more are refused (`TOO_MANY_SESSIONS`). */
export const MAX_RUNNING_SESSIONS: number = 2000

/** Ended sessions that stay readable; the oldest are forgotten first [LOG-4]. */
export const MAX_ENDED_SESSIONS: number = 500

/** Memory that the logs of all ended sessions may hold while the disk takes nothing; the oldest are forgotten first. */
export const MAX_ENDED_MEMORY_BYTES: number = 256 * 1024 * 1024

/** Disk that the logs of all ended sessions may take; the oldest are forgotten first. */
export const MAX_ENDED_DISK_BYTES: number = 4 * 1024 ** 3

/** How long an ended session stays readable, when its plan says nothing else. */
export const KEEP_ENDED_MS: number = 24 * 60 * 60 * 1000

/** Longest time of one timer: above 2^31 − 1 ms it would fire at once. */
export const MAX_TIMER_MS: number = 2 ** 30

/** Time until what has changed of a session is on disk: many changes are one write. */
export const SAVE_DELAY_MS: number = 50

/** Time until it is tried again when it could not be written. */
export const SAVE_RETRY_MS: number = 2000

/** The disk may hold up the end of the host no longer. */
export const CLOSE_DEADLINE_MS: number = 5000

/** Directories of lost sessions that are looked through at the same time, at the start. */
export const PARALLEL_RESTORES: number = 4

/** Newest clients per session whose input sequence is remembered; an older one starts again at 1. */
export const MAX_INPUT_CLIENTS: number = 64

/** Principals per session of whom the host remembers what they have seen [END-5]; who looked last stay. */
export const MAX_SEEN_PRINCIPALS: number = 64

/** Most payload bytes in one data frame: one slab of the log. */
export const MAX_FRAME_PAYLOAD_BYTES: number = 256 * 1024

/** Bytes waiting in a link's socket above which its attachments wait for it to drain. */
export const LINK_BUFFER_BYTES: number = 256 * 1024

/** A viewer that acknowledges nothing for so long while out of window stops counting [FLOW-3]. */
export const STALL_MS: number = 10_000

/**
 * JSON of sessions in one answer of `session.list`; the rest is asked for. With one more of the largest
 * session it stays below a frame: its command line alone may take 384 KiB.
 */
export const LIST_PAGE_BYTES: number = 256 * 1024

/** Shortest time between two `session.changed` for output alone, in one session. */
export const CHANGED_INTERVAL_MS: number = 1000

/** Shortest time between two sizes that a terminal is given: 20 redraws a second are as fluid as people see. */
export const RESIZE_INTERVAL_MS: number = 50

/** How long a viewer whose connection was lost keeps control: a reload or a change of networks takes less [CTRL-9]. */
export const CONTROL_HOLD_MS: number = 10_000

/** How long the place of a lossless viewer is held after its connection was lost [FLOW-4]. */
export const LOSSLESS_HOLD_MS: number = 60_000

/**
 * So much room the log keeps for a lossless viewer when its process is paused: after an exit the rest is read
 * whatever the viewers do, and two pipes of the largest size hold 1 MiB each [LOG-4].
 */
export const LOSSLESS_MARGIN_BYTES: number = 2 * 1024 * 1024 + 256 * 1024

/**
 * Longest command line that lists show, in UTF-16 units; a longer one is cut. JSON may take six bytes for each, and
 * the answer to `session.open` tells a session twice: it stays below a frame, and so does one with all viewers.
 */
export const MAX_SHOWN_TITLE_LENGTH: number = 16 * 1024

/** How often it is looked again whether a process may go on that waits for a lossless viewer: the disk may have caught up. */
export const AT_STAKE_CHECK_MS: number = 100
