// Owns how a process is asked, told and forced to end: three ladders as data, climbed by one loop.
// Must not know what a group or a pipe is.

/** One step; its moment is counted from the first. */
export interface Rung {
  readonly afterMs: number
  readonly endInput?: true
  /** Sent in this order. SIGCONT wakes a stopped process, which otherwise could not obey. */
  readonly signals: readonly NodeJS.Signals[]
}

/** The last rung of every ladder stands at the same height, so "gone in 5 s" holds for all. */
const KILL: Rung = { afterMs: 5_000, signals: ['SIGKILL'] }

/** A shell ignores SIGTERM, but takes a hang-up as its end and passes it on to its jobs. */
export const TERMINAL_LADDER: readonly Rung[] = [
  { afterMs: 0, signals: ['SIGHUP', 'SIGCONT'] },
  { afterMs: 1_000, signals: ['SIGTERM', 'SIGCONT'] },
  KILL,
]

/** Filters end by themselves at the end of their input. */
export const PIPES_LADDER: readonly Rung[] = [
  { afterMs: 0, endInput: true, signals: [] },
  { afterMs: 1_000, signals: ['SIGTERM', 'SIGCONT'] },
  KILL,
]

/** Where there is no input to end, waiting for it would only cost a second. */
export const NO_INPUT_LADDER: readonly Rung[] = [
  { afterMs: 0, signals: ['SIGTERM', 'SIGCONT'] },
  KILL,
]

export interface KillLadderOptions {
  /** Asked once, when the climb begins. */
  readonly rungs: () => readonly Rung[]
  readonly startTimer: (delayMs: number, run: () => void) => () => void
  readonly endInput: () => void
  readonly signal: (name: NodeJS.Signals) => void
}

export class KillLadder {
  readonly #options: KillLadderOptions
  #isClimbing = false
  #cancel: (() => void) | undefined

  constructor(options: KillLadderOptions) {
    this.#options = options
  }

  /** Begins; later calls change nothing. */
  climb(): void {
    if (this.#isClimbing) return
    this.#isClimbing = true
    this.#step(this.#options.rungs(), 0)
  }

  /** The process ended. */
  leave(): void {
    this.#isClimbing = true
    this.#cancel?.()
    this.#cancel = undefined
  }

  #step(rungs: readonly Rung[], index: number): void {
    const { startTimer, endInput, signal } = this.#options
    const rung = rungs[index]
    if (rung === undefined) return
    if (rung.endInput) endInput()
    for (const name of rung.signals) signal(name)
    const next = rungs[index + 1]
    if (next === undefined) return
    const delayMs = next.afterMs - rung.afterMs
    this.#cancel = startTimer(delayMs, () => this.#step(rungs, index + 1))
  }
}
