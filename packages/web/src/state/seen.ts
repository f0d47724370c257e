// Owns which output this browser has shown: per session, the time of the newest output when it was last in front.
// Newer output is unseen and gets a dot. (The log's end would not do: it also grows by markers, when viewers come.)

import type { SessionInfo } from '@limpet/protocol'
import type { Signal } from '@preact/signals'
import { parseNumber, parseNumbers, type BrowserState } from './browser-state.ts'

/** Sessions remembered; the host keeps 500 ended ones at most. */
const MAX_SEEN = 600

export interface Seen {
  hasUnseen(session: SessionInfo): boolean
  /** Its output so far has been shown. */
  markSeen(session: SessionInfo): void
}

/** @param now milliseconds since 1970: what ended before the first visit is old news */
export function createSeen(browser: BrowserState, now: number): Seen {
  const firstVisit = browser.remember('first-visit', parseNumber, 0)
  if (firstVisit.peek() === 0) firstVisit.value = now
  const times: Signal<Readonly<Record<string, number>>> = browser.remember<
    Readonly<Record<string, number>>
  >('seen', parseNumbers, {})
  return {
    hasUnseen(session) {
      const { id, lastOutputAt } = session
      return lastOutputAt !== undefined && lastOutputAt > (times.value[id] ?? firstVisit.value)
    },
    markSeen({ id, lastOutputAt = 0 }) {
      const known = times.peek()
      if ((known[id] ?? -1) >= lastOutputAt) return
      const { [id]: _, ...others } = known
      const rest = Object.entries(others).slice(-(MAX_SEEN - 1))
      times.value = Object.fromEntries([...rest, [id, lastOutputAt]])
    },
  }
}
