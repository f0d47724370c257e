// Owns who is told of changes in the list of sessions, and how often: facts at once, mere output at most
// once in CHANGED_INTERVAL_MS for each session. Nobody watching costs nothing.

import type { NotificationName, NotificationParams } from '@limpet/protocol'
import { CHANGED_INTERVAL_MS } from './limits.ts'
import type { Session } from './session.ts'

/** A connection that watches the list. */
export interface Watcher {
  /** Who acts on it. */
  readonly principal: string
  notify<N extends NotificationName>(method: N, params: NotificationParams<N>): void
}

export class Changes {
  readonly #watchers = new Set<Watcher>()
  readonly #timers = new Map<Session, NodeJS.Timeout>()

  watch(watcher: Watcher): void {
    this.#watchers.add(watcher)
  }

  unwatch(watcher: Watcher): void {
    this.#watchers.delete(watcher)
  }

  announce(
    method: 'session.opened' | 'session.changed' | 'session.exited',
    session: Session,
  ): void {
    this.#settle(session)
    if (this.#watchers.size === 0) return
    const { info } = session
    for (const watcher of this.#watchers) watcher.notify(method, { session: info })
  }

  announceRemoved(session: Session): void {
    this.#settle(session)
    for (const watcher of this.#watchers) watcher.notify('session.removed', { id: session.id })
  }

  /** All devices of a person agree on what is new [END-5]. @param by the connection that told it */
  announceSeen(by: Watcher, session: Session, outputAt: number): void {
    for (const watcher of this.#watchers) {
      if (watcher === by || watcher.principal !== by.principal) continue
      watcher.notify('session.seen', { session: session.id, outputAt })
    }
  }

  /** More output: the first is told at the end of the interval, with all that came meanwhile. */
  noteOutput(session: Session): void {
    if (this.#watchers.size === 0 || this.#timers.has(session)) return
    const timer = setTimeout(() => this.announce('session.changed', session), CHANGED_INTERVAL_MS)
    this.#timers.set(session, timer)
  }

  close(): void {
    for (const session of this.#timers.keys()) this.#settle(session)
    this.#watchers.clear()
  }

  #settle(session: Session): void {
    clearTimeout(this.#timers.get(session))
    this.#timers.delete(session)
  }
}
