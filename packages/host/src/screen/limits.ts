// Owns the sizes and times of screens: what they may cost, and how far they may be behind.

/** Lines above the screen that a terminal keeps, and a checkpoint carries at most. */
export const SCROLLBACK_LINES: number = 1000

/** Records posted to the worker at a time: about 4 ms of parsing, so nobody waits long behind another. */
export const FEED_BYTES: number = 64 * 1024

/** Feeds that may be with the worker at once, of all sessions together. */
export const MAX_FEEDS_UNDER_WAY: number = 4

/** While output goes on, screens follow it in such steps … */
export const TICK_MS: number = 100

/** … and take so much in each: a flood costs little, and is left behind. A step without output is quiet. */
export const TICK_BYTES: number = 128 * 1024

/** So little output waits until somebody asks, while a viewer answers the queries in it. */
export const LAZY_BYTES: number = 64 * 1024

/** Further behind, a screen stops following until the output is quiet or somebody asks, then skips. */
export const MAX_BEHIND_BYTES: number = 8 * 1024 * 1024

/** Further behind when somebody asks, it skips at once: the first screen must not take longer than 100 ms. */
export const MAX_BEHIND_ON_DEMAND_BYTES: number = 1024 * 1024

/** What is read after a skip: some 3 000 lines, more than screen and scrollback. */
export const SKIP_TO_BYTES: number = 256 * 1024

/** After a skip, reading begins behind a line end when there is one in so many bytes. */
export const LINE_END_SEARCH_BYTES: number = 4 * 1024

/** A terminal without output for so long becomes a checkpoint. */
export const SLEEP_AFTER_MS: number = 30_000

/** Terminals awake at once; above, those go to sleep first that were fed longest ago … */
export const MAX_AWAKE: number = 16

/** … but at least so long ago: whoever is busy would be woken again at once. */
export const MIN_AWAKE_MS: number = 1000

/** A worker without any terminal awake ends after so long; starting one takes some 100 ms. */
export const WORKER_IDLE_MS: number = 10_000

/** A sleeping terminal's checkpoint up to this size is kept in memory, a larger one in its file. */
export const MAX_MEMORY_CHECKPOINT_BYTES: number = 4 * 1024

/** Bytes of an unfinished sequence that wait for its end; a longer one (a picture) is parsed as it comes. */
export const MAX_UNFINISHED_BYTES: number = 64 * 1024

/** A worker that fails more often than this in RESTART_WINDOW_MS is not started again within that time. */
export const MAX_RESTARTS: number = 5
export const RESTART_WINDOW_MS: number = 60_000

/** Answers kept while somebody else is the responder; the oldest go first. As in the page. */
export const MAX_HELD_ANSWERS: number = 64
