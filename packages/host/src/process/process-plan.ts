// Owns the words between this room and its callers: what to start, what is told back, and how the
// answers are spelled. Must not know how any of it is done, nor sessions, logs or viewers.

import type { ExitStatus } from '@limpet/protocol'

export type OutputStream = 'stdout' | 'stderr'

/** One process to start. A `LaunchPlan` of the protocol with a session id beside it is one. */
export interface ProcessPlan {
  /** Executable and arguments, passed on exactly; no shell sees them. Not empty. */
  readonly argv: readonly string[]
  /** Absolute path. */
  readonly cwd: string
  /** The whole environment: nothing else is inherited (but see `SHELL_OWNED_NAMES`). */
  readonly environment: Readonly<Record<string, string>>
  /** Present: a terminal of this size, in cells. Absent: three real pipes. */
  readonly terminal?: { readonly columns: number; readonly rows: number } | undefined
  /**
   * Pipes only: a pipe to write into, or /dev/null.
   * @default 'pipe'
   */
  readonly stdin?: 'pipe' | 'empty' | undefined
  /** Becomes LIMPET_SESSION in the environment, by which descendants are found again. */
  readonly sessionId: string
  /**
   * leave: what it left running outlives it, and the host.
   * @default 'kill'
   */
  readonly onEnd?: 'kill' | 'leave' | undefined
  /**
   * Milliseconds after the exit for which output still held open by a descendant is delivered.
   * @default DRAIN_MS
   */
  readonly drainMs?: number | undefined
}

/** Called synchronously and in order, on the hot path; what they throw is a bug and not caught. */
export interface ProcessHandlers {
  /**
   * The process wrote. A terminal's output is all 'stdout'.
   * @param bytes valid only during the call (the read buffer is shared): copy what is kept
   */
  onOutput(stream: OutputStream, bytes: Uint8Array): void
  /** No more output will be delivered. Exactly once; before or after `onExit`. */
  onOutputEnd(): void
  /** The process itself ended. Exactly once; output may still follow until `onOutputEnd`. */
  onExit(status: ExitStatus): void
  /**
   * `drainMs` after the exit, a descendant still holds these streams open. What it writes from now on
   * is read and discarded, so that it is never blocked. At most once, right before `onOutputEnd`.
   */
  onDrainTimeout?(streams: readonly OutputStream[]): void
}

/** LOG-4: how long a surviving descendant may go on writing into the log of an ended process. */
export const DRAIN_MS: number = 500
