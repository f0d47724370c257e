// Owns the order of one connection's commands: one runs, a bounded number waits, more are refused.

import { LimpetError } from '@limpet/protocol'
import { MAX_WAITING_COMMANDS } from '../../limits.ts'

/** One line that a client sent. */
export interface Command {
  /** 1, 2, 3 … in the order of arrival. */
  readonly id: number
  readonly line: string
}

export class CommandQueue {
  readonly #run: (command: Command) => Promise<void>
  #waiting: Command[] = []
  #isRunning = false

  /** @param run runs one command to its end; it must not reject */
  constructor(run: (command: Command) => Promise<void>) {
    this.#run = run
  }

  /** @throws LimpetError QUEUE_FULL */
  add(command: Command): void {
    if (this.#waiting.length >= MAX_WAITING_COMMANDS) {
      throw new LimpetError(
        'QUEUE_FULL',
        `${MAX_WAITING_COMMANDS} commands wait already; this one was not run.`,
        { details: { waiting: this.#waiting.length, limit: MAX_WAITING_COMMANDS } },
      )
    }
    this.#waiting.push(command)
    if (!this.#isRunning) void this.#work()
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = []
  }

  async #work(): Promise<void> {
    this.#isRunning = true
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) await this.#run(next)
    this.#isRunning = false
  }
}
