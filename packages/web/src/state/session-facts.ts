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

export type SessionOutcome = 'running' | 'ended' | 'done' | 'failed' | 'lost'

/** A terminal that was left is neither good nor bad; a command either worked or did not. */
export function outcomeOf(session: SessionInfo): SessionOutcome {
  // Lost: nobody knows how it would have ended.
  if (session.state !== 'ended') return session.state
  if (kindOf(session) !== 'command') return 'ended'
  return session.exit?.code === 0 ? 'done' : 'failed'
}

export function isInStream(session: Pick<SessionInfo, 'program'>): boolean {
  return session.program === COMMAND_PROGRAM
}

/** How long it ran, or has run. @param now milliseconds since 1970 */
export function durationOf(session: SessionInfo, now: number): number {
  if (session.exit !== undefined) return session.exit.durationMs
  const end = session.endedAt ?? (session.state === 'lost' ? lastSignOf(session) : now)
  return Math.max(0, end - session.startedAt)
}

/** Newest activity first: what sidebars are sorted by while things run. */
export function byActivity(a: SessionInfo, b: SessionInfo): number {
  return lastSignOf(b) - lastSignOf(a)
}

export function byStart(a: SessionInfo, b: SessionInfo): number {
  return a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1)
}

export function byEnd(a: SessionInfo, b: SessionInfo): number {
  return (b.endedAt ?? lastSignOf(b)) - (a.endedAt ?? lastSignOf(a))
}

function lastSignOf(session: SessionInfo): number {
  return session.lastOutputAt ?? session.startedAt
}

/** What people look for: all words, in name, title, program, folder or labels, whatever the case. */
export function fits(session: SessionInfo, query: string): boolean {
  const { name = '', title, program, cwd, labels = {} } = session
  const written = Object.entries(labels).map(([label, value]) => labelText(label, value))
  const text = [name, title, program, cwd, ...written].join('\n').toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** "project=limpet"; a label without a value is a word. */
export function labelText(label: string, value: string): string {
  return value === '' ? label : `${label}=${value}`
}

/** What people type: words, or label=value, apart by spaces. */
export function parseLabels(text: string): Readonly<Record<string, string>> {
  const words = text.split(/\s+/).filter(Boolean)
  return Object.fromEntries(
    words.map((word) => {
      const [label = '', ...value] = word.split('=')
      return [label, value.join('=')]
    }),
  )
}

/** The command lines of sessions, in their order. */
export function linesOf(sessions: readonly SessionInfo[]): readonly string[] {
  return sessions.map(({ title }) => title)
}
