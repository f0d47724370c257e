// Owns what a session has of the screen room: its terminal's screen, and the host's answers that come out of it.
// Before: the session tells what it appended; after: the process reads the answers.

import { RECORD_KIND, type Checkpoint, type TerminalSize } from '@limpet/protocol'
import type { SessionLog } from '../log/index.ts'
import type { Screen, ScreenSource } from '../screen/index.ts'
import { HostDuty } from './host-duty.ts'

/** Opens the screen of one session; costs nothing until it is needed. */
export type OpenScreen = (source: Omit<ScreenSource, 'file'>) => Screen

export interface SessionScreenOptions {
  readonly open: OpenScreen
  readonly log: SessionLog
  readonly size: () => TerminalSize
  /** Takes an answer for the process. */
  readonly send: (text: string) => void
}

export class SessionScreen {
  readonly duty: HostDuty
  readonly #screen: Screen

  constructor({ open, log, size, send }: SessionScreenOptions) {
    const screen = open({
      log,
      size,
      handleAnswers: (answers, parsedTo) => this.duty.handleAnswers(answers, parsedTo),
    })
    this.#screen = screen
    this.duty = new HostDuty({
      send,
      handleDuty: (isOnDuty) => screen.setDuty(isOnDuty),
      handleOwed: () => screen.catchUp(),
    })
  }

  /** On the hot path. */
  handleAppended(kind: number): void {
    if (kind === RECORD_KIND.stdout || kind === RECORD_KIND.resize) this.#screen.handleOutput()
  }

  /** Nobody reads answers any more. */
  handleExited(): void {
    this.#screen.setDuty(false)
  }

  /** @throws Error when no terminal can be had */
  checkpoint(): Promise<Checkpoint> {
    return this.#screen.checkpoint()
  }

  close(): void {
    this.#screen.close()
  }
}
