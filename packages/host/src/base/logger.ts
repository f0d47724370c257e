// Owns the host's own log: one JSON object a line, on standard error (which is `<state>/host.log` when a
// gateway started it). Control characters arrive escaped, so a title cannot attack a terminal that reads it.

import type { Clock } from './clock.ts'

/** Writes events; `facts` must hold no input, output, environment values or tokens. */
export interface Logger {
  log(event: string, facts?: Readonly<Record<string, unknown>>): void
  fault(event: string, error: unknown, facts?: Readonly<Record<string, unknown>>): void
}

/** What JSON leaves as it is and terminals obey all the same: U+009B begins a sequence as ESC [ does. */
const EIGHT_BIT_CONTROLS = /[\u007f-\u009f]/g

export function lineLogger(write: (line: string) => void, clock: Clock): Logger {
  const emit = (level: string, event: string, facts: object): void => {
    const time = new Date(clock.nowMs()).toISOString()
    const line = JSON.stringify({ time, level, event, ...facts })
    write(`${line.replace(EIGHT_BIT_CONTROLS, escapeOf)}\n`)
  }
  return {
    log: (event, facts = {}) => emit('info', event, facts),
    fault: (event, error, facts = {}) => {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
      emit('error', event, { ...facts, error: detail })
    },
  }
}

function escapeOf(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`
}
