// Owns the sizes and times of a session's log.

/** Newest encoded bytes kept in memory of each log; what is not on disk yet comes on top [LOG-5]. */
export const RETAIN_TAIL_BYTES: number = 256 * 1024

/** Newest encoded bytes kept in memory while the disk takes nothing [LOG-6]. */
export const RETAIN_DEGRADED_BYTES: number = 1024 * 1024

/** Newest encoded bytes that a log without a disk keeps. */
export const RETAIN_MEMORY_BYTES: number = 8 * 1024 * 1024

/**
 * Bytes that may wait for a disk that is slower than the process. Beyond it the oldest are let go, a gap for
 * who asks later: a process is never stopped for the disk. With the default, half a second of a slow disk's pause.
 */
export const MAX_UNWRITTEN_BYTES: number = 8 * 1024 * 1024

/** Newest encoded bytes kept on disk of each log, when its plan says nothing else. */
export const RETAIN_DISK_BYTES: number = 64 * 1024 * 1024

/** A slab: large enough that a flood makes four a megabyte, small enough to let go of history in steps. */
export const SLAB_BYTES: number = 256 * 1024

/** The first slab of a log; each one after doubles, so an idle session holds little. */
export const FIRST_SLAB_BYTES: number = 4 * 1024

/**
 * Forgotten slabs of all logs that are kept for the next ones, 2 MiB. A flood lets go of several at once,
 * whenever a write has come back.
 */
export const MAX_SPARE_SLABS: number = 8

/** So much unwritten starts a write at once … */
export const WRITE_BYTES: number = 256 * 1024

/** … and anything at all after this time. It is what a crash of the host may lose. */
export const WRITE_DELAY_MS: number = 50

/** Most bytes of one write: it bounds how long a thread of the pool is taken. */
export const MAX_WRITE_BYTES: number = 1024 * 1024

/** Writes of all logs at the same time. The thread pool has four threads, for others too. */
export const PARALLEL_WRITES: number = 2

/** Logs in a flood that may keep their file open; all others open theirs for each write. */
export const MAX_OPEN_LOGS: number = 64

/** Reads of all logs at the same time. */
export const PARALLEL_READS: number = 1

/** A segment is this share of what its log keeps on disk: the most that is kept beyond it. */
export const SEGMENTS_PER_LOG: number = 16

/** Bounds of a segment: a small log does not make a file a second, a large one no thousands. */
export const MIN_SEGMENT_BYTES: number = 128 * 1024
export const MAX_SEGMENT_BYTES: number = 64 * 1024 * 1024

/** One read: what a reading cursor holds. At least one largest record with its header. */
export const READ_BYTES: number = 128 * 1024

/** Distance of the places in a segment whose offsets are remembered: one read finds any offset. */
export const INDEX_BYTES: number = 128 * 1024

/** Pause after a failed write, twice as long each time … */
export const FIRST_RETRY_MS: number = 100
/** … up to this: a log is on disk again within 2 s of when there is space. */
export const LAST_RETRY_MS: number = 1_000

/** A read that fails is tried again so often, after this pause; then what it asked for is a gap. */
export const READ_ATTEMPTS: number = 5
export const READ_RETRY_MS: number = 100

/** A log that nobody wrote to for so long keeps nothing in memory that is on disk. */
export const QUIET_MS: number = 10_000
