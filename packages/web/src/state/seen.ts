// Owns which output has been shown: per session, the time of the newest output when it was last in front. Newer output
// is unseen and gets a dot. The host keeps it for each principal, so all of one's devices agree [END-5].

import type { Limpet } from '@limpet/client'
import type { SessionId, SessionInfo } from '@limpet/protocol'
import type { ReadonlySignal, Signal } from '@preact/signals'

export interface Seen {
  hasUnseen(session: SessionInfo): boolean
  /** Its output so far has been shown. */
  markSeen(session: SessionInfo): void
}

/** @param seenAt what the host knows; what is seen here joins it at once */
export function createSeen(
  limpet: ReadonlySignal<Pick<Limpet, 'markSeen'> | undefined>,
  seenAt: Signal<ReadonlyMap<SessionId, number>>,
): Seen {
  return {
    hasUnseen({ id, lastOutputAt = 0 }) {
      return lastOutputAt > (seenAt.value.get(id) ?? 0)
    },
    markSeen({ id, lastOutputAt = 0 }) {
      if ((seenAt.peek().get(id) ?? 0) >= lastOutputAt) return
      seenAt.value = new Map(seenAt.peek()).set(id, lastOutputAt)
      // Lost on the way: the list that comes with the next connection does not know it, and it is said again.
      limpet
        .peek()
        ?.markSeen(id, lastOutputAt)
        .catch(() => {})
    },
  }
}
