// Owns which sessions a list shows, and in which order. Before: all there are; after: `limpet ls`.

import type { SessionInfo } from '@limpet/protocol'
import { hasLabels, type Label } from './labels.ts'

export interface SessionFilter {
  /** Any of these; none: those that run. */
  readonly states: readonly SessionInfo['state'][]
  /** All of these. */
  readonly labels?: readonly Label[]
  readonly program?: string
}

/** @returns those that were asked for, the most recently active first */
export function selectSessions(
  sessions: readonly SessionInfo[],
  { states, labels = [], program }: SessionFilter,
): readonly SessionInfo[] {
  const wanted = states.length === 0 ? ['running'] : states
  return sessions
    .filter((session) => wanted.includes(session.state))
    .filter((session) => program === undefined || session.program === program)
    .filter((session) => hasLabels(session.labels, labels))
    .toSorted((a, b) => activeAt(b) - activeAt(a))
}

/** @returns milliseconds since 1970 of the last sign of life */
export function activeAt(session: SessionInfo): number {
  return Math.max(session.startedAt, session.lastOutputAt ?? 0, session.endedAt ?? 0)
}
