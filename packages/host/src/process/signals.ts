// Owns which signals there are and to whom each one goes. Must not know ladders or sessions.

import { constants } from 'node:os'
import { LimpetError } from '@limpet/protocol'
import { readProcessEntry } from './proc-stat.ts'

/** What keys of a terminal send; they reach whoever is in its foreground, as the keys would. */
const KEYBOARD_SIGNALS: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT', 'SIGTSTP'])

/** @throws LimpetError SIGNAL_UNKNOWN */
export function parseSignal(name: string): NodeJS.Signals {
  if (isSignal(name)) return name
  const message = `There is no signal \`${name}\`. Names are written like SIGINT or SIGTERM.`
  throw new LimpetError('SIGNAL_UNKNOWN', message, { details: { signal: name } })
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name)
}

/**
 * Sends to the process group of the leader; a keyboard's signal to the foreground group of its terminal.
 * @throws LimpetError FORBIDDEN when the whole group runs as another user
 */
export function signalGroup(leader: number, name: NodeJS.Signals): void {
  const foreground = KEYBOARD_SIGNALS.has(name) ? foregroundGroup(leader) : undefined
  sendToGroup(foreground ?? leader, name)
}

/** Sends to both: the leader's group, and a job in the foreground, which has a group of its own. */
export function signalGroups(leader: number, name: NodeJS.Signals): void {
  for (const group of new Set([leader, foregroundGroup(leader) ?? leader])) {
    try {
      sendToGroup(group, name)
    } catch {
      // Another user's: the other steps of the ladder may still reach the rest.
    }
  }
}

function foregroundGroup(leader: number): number | undefined {
  const group = readProcessEntry(leader)?.foregroundGroup ?? 0
  return group > 0 ? group : undefined
}

function sendToGroup(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name)
  } catch (cause) {
    // Ended between the question and the signal: what was wanted.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ESRCH') return
    const message = `${name} was not permitted: the process runs as another user.`
    throw new LimpetError('FORBIDDEN', message, { cause, details: { signal: name } })
  }
}
