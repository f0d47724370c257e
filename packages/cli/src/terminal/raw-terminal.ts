// Owns the user's terminal while a session has it: raw keys in, bytes out, size changes; and gives it back
// as it was, however we end. Knows no session.

import { TerminalModes } from './terminal-modes.ts'

/** Signals that ask us to leave. */
const LEAVE_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
export type LeaveSignal = (typeof LEAVE_SIGNALS)[number]

export interface RawTerminalHandlers {
  handleKeys(bytes: Uint8Array): void
  handleResize(): void
  handleLeave(signal: LeaveSignal): void
}

export class RawTerminal implements Disposable {
  /** What the session's program changes about the terminal. */
  readonly modes: TerminalModes = new TerminalModes()
  readonly #cleanUps: (() => void)[] = []
  #isRestored = false

  constructor(handlers: RawTerminalHandlers) {
    const { stdin, stdout } = process
    const handleKeys = (bytes: Uint8Array): void => handlers.handleKeys(bytes)
    stdin.on('data', handleKeys)
    this.#cleanUps.push(() => stdin.off('data', handleKeys))
    const handleResize = (): void => handlers.handleResize()
    stdout.on('resize', handleResize)
    this.#cleanUps.push(() => stdout.off('resize', handleResize))
    for (const signal of LEAVE_SIGNALS) this.#onSignal(signal, () => handlers.handleLeave(signal))
    this.#setRaw(true)
    // Stopped and continued: the shell between has set the terminal to its own liking.
    this.#onSignal('SIGCONT', () => {
      this.#setRaw(false)
      this.#setRaw(true)
      handlers.handleResize()
    })
    // The last line of defence: an error that nobody caught.
    const restore = (): void => this[Symbol.dispose]()
    process.on('exit', restore)
    this.#cleanUps.push(() => process.off('exit', restore))
  }

  get size(): { readonly columns: number; readonly rows: number } | undefined {
    const { columns, rows } = process.stdout
    return columns > 0 && rows > 0 ? { columns, rows } : undefined
  }

  pauseKeys(): void {
    process.stdin.pause()
  }

  resumeKeys(): void {
    if (!this.#isRestored) process.stdin.resume()
  }

  /** Idempotent. */
  [Symbol.dispose](): void {
    if (this.#isRestored) return
    this.#isRestored = true
    for (const cleanUp of this.#cleanUps) cleanUp()
    process.stdin.pause()
    this.#setRaw(false)
    if (process.stdout.isTTY) process.stdout.write(this.modes.restore())
  }

  #onSignal(signal: NodeJS.Signals, handle: () => void): void {
    process.on(signal, handle)
    this.#cleanUps.push(() => process.off(signal, handle))
  }

  #setRaw(isRaw: boolean): void {
    if (process.stdin.isTTY) process.stdin.setRawMode(isRaw)
  }
}
