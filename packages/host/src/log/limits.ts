// Owns the sizes of a session's log.

/** Newest encoded bytes kept in memory for each session. */
export const RETAIN_MEMORY_BYTES: number = 8 * 1024 * 1024

/** A slab: large enough that a flood makes four a megabyte, small enough to let go of history in steps. */
export const SLAB_BYTES: number = 256 * 1024

/** The first slab of a log; each one after doubles, so an idle session holds little. */
export const FIRST_SLAB_BYTES: number = 4 * 1024

/** Forgotten slabs kept for the next ones. One is not enough: records fill slabs unevenly, so two may go at once. */
export const MAX_SPARE_SLABS: number = 4
