// Owns the page's copy of the list of sessions. Before: the SDK's watch, which lists anew after each reconnection;
// after: sidebar, tabs, stream.

import { computed, effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { Limpet, SessionChange, SessionWatch } from '@limpet/client'
import type { SessionId, SessionInfo } from '@limpet/protocol'
import { byActivity, byEnd, byStart, isInStream } from './session-facts.ts'

type Sessions = ReadonlyMap<SessionId, SessionInfo>

export interface SessionList {
  readonly all: ReadonlySignal<Sessions>
  /** False until the list has come for the first time. */
  readonly isListed: ReadonlySignal<boolean>
  /** Newest activity first. */
  readonly running: ReadonlySignal<readonly SessionInfo[]>
  /** Newest end first. */
  readonly earlier: ReadonlySignal<readonly SessionInfo[]>
  /** Commands of the bar, oldest first. */
  readonly stream: ReadonlySignal<readonly SessionInfo[]>
  get(id: SessionId): SessionInfo | undefined
  /** Of each session, until when its output was seen by whoever is logged in, on whatever device [END-5]. */
  readonly seenAt: Signal<ReadonlyMap<SessionId, number>>
  /** What `open` or `attach` answered, which may come before the notification. */
  note(session: SessionInfo): void
}

export function createSessionList(limpet: ReadonlySignal<Limpet | undefined>): SessionList {
  const all = signal<Sessions>(new Map())
  const isListed = signal(false)
  const seenAt = signal<ReadonlyMap<SessionId, number>>(new Map())
  effect(() => {
    const current = limpet.value
    if (current === undefined) {
      all.value = new Map()
      seenAt.value = new Map()
      isListed.value = false
      return undefined
    }
    return follow(current, (change) => {
      if (change.type === 'listed') seenAt.value = change.seen
      if (change.type === 'seen') {
        seenAt.value = new Map(seenAt.peek()).set(change.id, change.outputAt)
        return
      }
      all.value = changed(all.peek(), change)
      isListed.value = true
    })
  })
  const sessions = computed(() => [...all.value.values()])
  const running = computed(() => sessions.value.filter((session) => session.state === 'running'))
  const ended = computed(() => sessions.value.filter((session) => session.state !== 'running'))
  return {
    all,
    isListed,
    seenAt,
    running: computed(() => running.value.toSorted(byActivity)),
    earlier: computed(() => ended.value.toSorted(byEnd)),
    stream: computed(() => sessions.value.filter(isInStream).toSorted(byStart)),
    get: (id) => all.value.get(id),
    note(session) {
      if (!all.peek().has(session.id)) all.value = new Map(all.peek()).set(session.id, session)
    },
  }
}

/** @returns a function that stops following */
function follow(limpet: Limpet, handle: (change: SessionChange) => void): () => void {
  let watch: SessionWatch | undefined
  let hasStopped = false
  limpet.watchSessions(handle).then(
    (started) => {
      watch = started
      if (hasStopped) watch.stop()
    },
    // Closed, or not allowed to look: the connection's state and the rights say so.
    () => {},
  )
  return () => {
    hasStopped = true
    watch?.stop()
  }
}

function changed(sessions: Sessions, change: SessionChange): Sessions {
  switch (change.type) {
    case 'listed':
      return new Map(change.sessions.map((session) => [session.id, session]))
    case 'removed': {
      const rest = new Map(sessions)
      rest.delete(change.id)
      return rest
    }
    case 'seen':
    case 'failed':
      return sessions
    default:
      return new Map(sessions).set(change.session.id, change.session)
  }
}
