// Owns which output this browser has shown: per session, the log's end when it was last in front. More than that
// is unseen and gets a dot.

import type { SessionInfo } from '@limpet/protocol'
import type { Signal } from '@preact/signals'
import { parseNumber, parseNumbers, type BrowserState } from './browser-state.ts'

/** Sessions remembered; the host keeps 500 ended ones at most. */
const MAX_SEEN = 600

export interface Seen {
  hasUnseen(session: SessionInfo): boolean
  /** Everything up to `end` has been shown. @param end offset in bytes */
  markSeen(session: Pick<SessionInfo, 'id'>, end: number): void
}

/** @param now milliseconds since 1970: what ended before the first visit is old news */
export function createSeen(browser: BrowserState, now: number): Seen {
  const firstVisit = browser.remember('first-visit', parseNumber, 0)
  if (firstVisit.peek() === 0) firstVisit.value = now
  const ends: Signal<Readonly<Record<string, number>>> = browser.remember<
    Readonly<Record<string, number>>
  >('seen', parseNumbers, {})
  return {
    hasUnseen(session) {
      const seen = ends.value[session.id]
      if (seen !== undefined) return session.end > seen
      return session.end > 0 && (session.lastOutputAt ?? session.startedAt) > firstVisit.value
    },
    markSeen({ id }, end) {
      const known = ends.peek()
      if ((known[id] ?? -1) >= end) return
      const { [id]: _, ...others } = known
      const rest = Object.entries(others).slice(-(MAX_SEEN - 1))
      ends.value = Object.fromEntries([...rest, [id, end]])
    },
  }
}
