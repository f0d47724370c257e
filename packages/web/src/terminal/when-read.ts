// Owns waiting for a terminal: until what was there is parsed, or until the session has ended.

import { effect } from '@preact/signals'
import { isOver, type SessionTerminal, type TerminalPhase } from './session-terminal.ts'

/** @returns when everything that the log held at first is in the buffer, or cannot come */
export function whenRead(terminal: SessionTerminal): Promise<TerminalPhase> {
  return whenPhase(terminal, ({ state }) => state !== 'catching-up')
}

/** @returns when the session has ended and its last byte is in the buffer, or cannot come */
export function whenEnded(terminal: SessionTerminal): Promise<TerminalPhase> {
  return whenPhase(terminal, ({ state }) => isOver(state))
}

function whenPhase(
  terminal: SessionTerminal,
  isReached: (phase: TerminalPhase) => boolean,
): Promise<TerminalPhase> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      const { value: phase } = terminal.phase
      if (!isReached(phase)) return
      resolve(phase)
      // Not within the effect that it ends.
      queueMicrotask(() => stop())
    })
  })
}
