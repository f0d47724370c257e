// Owns what the page reads off a session's facts: its kind, its state in a word, who belongs in the stream. Pure.

import type { SessionInfo } from '@limpet/protocol'

/** The program that the bar runs lines with. */
export const COMMAND_PROGRAM = 'command'
export const SHELL_PROGRAM = 'shell'
export const PYTHON_PROGRAM = 'python'

export type SessionKind = 'tty' | 'kernel' | 'command'

export function kindOf(session: Pick<SessionInfo, 'program' | 'terminal'>): SessionKind {
  if (session.program === PYTHON_PROGRAM) return 'kernel'
  if (session.program === COMMAND_PROGRAM || session.terminal === undefined) return 'command'
  return 'tty'
}

export type SessionOutcome = 'running' | 'ended' | 'done' | 'failed'

/** A terminal that was left is neither good nor bad; a command either worked or did not. */
export function outcomeOf(session: SessionInfo): SessionOutcome {
  if (session.state === 'running') return 'running'
  if (kindOf(session) !== 'command') return 'ended'
  return session.exit?.code === 0 ? 'done' : 'failed'
}

export function isInStream(session: Pick<SessionInfo, 'program'>): boolean {
  return session.program === COMMAND_PROGRAM
}

/** How long it ran, or has run. @param now milliseconds since 1970 */
export function durationOf(session: SessionInfo, now: number): number {
  return session.exit?.durationMs ?? Math.max(0, (session.endedAt ?? now) - session.startedAt)
}

/** Newest activity first: what sidebars are sorted by while things run. */
export function byActivity(a: SessionInfo, b: SessionInfo): number {
  return lastSignOf(b) - lastSignOf(a)
}

export function byStart(a: SessionInfo, b: SessionInfo): number {
  return a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1)
}

export function byEnd(a: SessionInfo, b: SessionInfo): number {
  return (b.endedAt ?? b.startedAt) - (a.endedAt ?? a.startedAt)
}

function lastSignOf(session: SessionInfo): number {
  return session.lastOutputAt ?? session.startedAt
}

/** The command lines of sessions, in their order. */
export function linesOf(sessions: readonly SessionInfo[]): readonly string[] {
  return sessions.map(({ title }) => title)
}
