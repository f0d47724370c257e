// Owns the sizes and counts that both ends of the wire must agree on. Process-local limits live in
// the limits.ts of the package that keeps them. Relations between these numbers are unit-tested.

/** The one protocol version spoken by this build; `link.hello` refuses any other. */
export const PROTOCOL_VERSION = 1

/** WebSocket subprotocol of the native dialect. */
export const NATIVE_SUBPROTOCOL = 'limpet.v1'

/** Largest binary or text frame in bytes, in either direction. Larger ones close the connection (1009). */
export const MAX_FRAME_BYTES = 1024 * 1024

/** Largest payload of one record. The smallest window leaves room for it, so flow control never cuts one. */
export const MAX_RECORD_PAYLOAD_BYTES = 64 * 1024

/** Bytes an attachment may be sent beyond what it acknowledged, when its view says nothing else. */
export const DEFAULT_WINDOW_BYTES = 512 * 1024

/**
 * Two records: while a viewer still owes the acknowledgement of a share below, one whole record must fit
 * into the rest, or host and viewer would wait for each other.
 */
export const MIN_WINDOW_BYTES = 2 * MAX_RECORD_PAYLOAD_BYTES

/** Most that one viewer may have under way. */
export const MAX_WINDOW_BYTES = 8 * 1024 * 1024

/** A viewer acknowledges at the latest when this share of its window was consumed. */
export const ACKNOWLEDGE_WINDOW_SHARE = 0.25

/**
 * A viewer acknowledges at the latest when so many bytes were consumed, however large its window: a process waits
 * for a lossless one that owes more than the smallest log can spare.
 */
export const ACKNOWLEDGE_STEP_BYTES = 256 * 1024

/** Largest payload of one input frame; longer pastes are several frames. */
export const MAX_INPUT_PAYLOAD_BYTES = 64 * 1024

/** Input that one client may have unacknowledged in one session; more is refused (`INPUT_OVERFLOW`). */
export const MAX_UNACKNOWLEDGED_INPUT_BYTES = 256 * 1024

/** Terminal sizes outside 1…this are refused, for columns and for rows. */
export const MAX_TERMINAL_CELLS = 1000

/** Longest session name, in UTF-16 units. */
export const MAX_NAME_LENGTH = 120

/** Longest command line or single argument, in UTF-16 units (Linux takes 128 KiB a string). */
export const MAX_ARGUMENT_LENGTH = 128 * 1024

/** Most arguments of one argv, and most variables of one environment. */
export const MAX_ARGUMENTS = 4096

/** Longest name of an environment variable, in UTF-16 units. */
export const MAX_VARIABLE_NAME_LENGTH = 1024

/** Longest request id that is text, in UTF-16 units: answers repeat it, and must fit a frame. */
export const MAX_REQUEST_ID_LENGTH = 128

/** Largest terminal state in a checkpoint frame: with its header it fits a frame. */
export const MAX_CHECKPOINT_BYTES = MAX_FRAME_BYTES - 1024

/** Log that a plan may ask to keep on disk. */
export const MIN_RETAIN_BYTES = 1024 * 1024
export const MAX_RETAIN_BYTES = 64 * 1024 ** 3

/** How long a plan may keep an ended session: ten years. */
export const MAX_KEEP_ENDED_MS = 10 * 365 * 24 * 60 * 60 * 1000

/** Most labels of a session, and their longest value in UTF-16 units. */
export const MAX_LABELS = 32
export const MAX_LABEL_LENGTH = 256

/** Most viewers of one session; more are refused (`QUEUE_FULL`). */
export const MAX_VIEWERS = 1000

/** Most shares that hold at once in one state directory; more are refused (`QUEUE_FULL`). */
export const MAX_SHARES = 1000

/** Longest time for which a share may hold: 30 days. */
export const MAX_SHARE_MS = 30 * 24 * 60 * 60 * 1000
