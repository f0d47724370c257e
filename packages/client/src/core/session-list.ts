// Owns the live list of sessions: one subscription per connection, however many watch. Before: answers and
// notifications of the connection; after: the watchers.

import {
  toLimpetError,
  type LimpetError,
  type MethodParams,
  type MethodResult,
  type SessionId,
  type SessionInfo,
} from '@limpet/protocol'
import type { Connection, HostNotification } from './connection.ts'
import { deferred } from './deferred.ts'
import { Listeners } from './listeners.ts'
import type { Runtime } from './runtime.ts'

/** What happened to the list. */
export type SessionChange =
  /** All of it, newest first: at the start, and after each reconnection. */
  | {
      readonly type: 'listed'
      readonly sessions: readonly SessionInfo[]
      /** Of these sessions, what this principal has seen: see `markSeen`. */
      readonly seen: ReadonlyMap<SessionId, number>
    }
  | { readonly type: 'opened' | 'changed' | 'exited'; readonly session: SessionInfo }
  | { readonly type: 'removed'; readonly id: SessionId }
  /** This principal has seen output up to `outputAt`, here or on another device. */
  | { readonly type: 'seen'; readonly id: SessionId; readonly outputAt: number }
  /** The list is refused from now on (a right was taken away): the watch has ended. */
  | { readonly type: 'failed'; readonly error: LimpetError }

/** A running watch. */
export interface SessionWatch {
  /** Always up to date while connected. */
  readonly sessions: ReadonlyMap<SessionId, SessionInfo>
  /** Newest output that this principal has seen, by session: newer `lastOutputAt` is unseen. */
  readonly seen: ReadonlyMap<SessionId, number>
  stop(): void
}

export class SessionList {
  readonly #watchers: Listeners<SessionChange>
  readonly #sessions = new Map<SessionId, SessionInfo>()
  readonly #seen = new Map<SessionId, number>()
  #watcherCount = 0
  /** Of the answers that hold the list: none yet, the first ones, all of them. */
  #pages: 'none' | 'some' | 'all' = 'none'
  /** The connection that was asked, or is being asked. */
  #subscribed: Connection | undefined

  constructor(runtime: Runtime) {
    this.#watchers = new Listeners(runtime)
  }

  /** @throws LimpetError FORBIDDEN, or why there is no connection any more */
  async watch(
    listener: (change: SessionChange) => void,
    connected: () => Promise<Connection>,
  ): Promise<SessionWatch> {
    const listed = deferred<void>()
    const remove = this.#watchers.add((change) => {
      if (change.type === 'failed') listed.reject(change.error)
      else listed.resolve()
      listener(change)
    })
    this.#watcherCount++
    const stop = once(() => {
      remove()
      this.#watcherCount--
    })
    try {
      if (this.#pages === 'all') {
        listed.resolve()
        listener(this.#listed())
      } else {
        this.#subscribe(await connected())
      }
      await listed.promise
    } catch (error) {
      stop()
      throw error
    }
    return { sessions: this.#sessions, seen: this.#seen, stop }
  }

  handleOpened(connection: Connection): void {
    if (this.#watcherCount > 0) this.#subscribe(connection)
  }

  handleLost(): void {
    this.#subscribed = undefined
    this.#pages = 'none'
  }

  handleClosed(error: LimpetError | undefined): void {
    this.handleLost()
    if (error) this.#watchers.emit({ type: 'failed', error })
  }

  handleNotification(notification: HostNotification): void {
    if (this.#pages === 'none') return // it is in the list that is on its way
    switch (notification.method) {
      case 'session.opened':
        return this.#update('opened', notification.params.session)
      case 'session.changed':
        return this.#update('changed', notification.params.session)
      case 'session.exited':
        return this.#update('exited', notification.params.session)
      case 'session.removed': {
        const { id } = notification.params
        this.#seen.delete(id)
        if (this.#sessions.delete(id)) this.#tell({ type: 'removed', id })
        return undefined
      }
      case 'session.seen':
        return this.noteSeen(notification.params.session, notification.params.outputAt)
      default:
        return undefined // the others are about attachments
    }
  }

  /** Newer only: what was said of a session comes from several places. */
  noteSeen(id: SessionId, outputAt: number): void {
    if (this.#pages === 'none' || outputAt <= (this.#seen.get(id) ?? 0)) return
    this.#seen.set(id, outputAt)
    this.#tell({ type: 'seen', id, outputAt })
  }

  #update(type: 'opened' | 'changed' | 'exited', session: SessionInfo): void {
    this.#sessions.set(session.id, session)
    this.#tell({ type, session })
  }

  /** Before the whole list is there, a change is just part of it. */
  #tell(change: SessionChange): void {
    if (this.#pages === 'all') this.#watchers.emit(change)
  }

  #subscribe(connection: Connection): void {
    if (this.#subscribed === connection) return
    this.#subscribed = connection
    this.#ask(connection, { watch: true })
  }

  #ask(connection: Connection, params: MethodParams<'session.list'>): void {
    const accept = (page: MethodResult<'session.list'>): void => this.#handlePage(connection, page)
    connection.ask('session.list', params, { accept }).catch((error: unknown) => {
      // Lost with its connection: the next one is asked again.
      if (connection.isOpen && this.#subscribed === connection) this.#handleRefused(error)
    })
  }

  /** Answers and changes come in the order in which they became true, so the newer one always wins. */
  #handlePage(connection: Connection, page: MethodResult<'session.list'>): void {
    const { sessions, next, seen = {} } = page
    if (this.#pages === 'none') {
      this.#sessions.clear()
      this.#seen.clear()
    }
    for (const session of sessions) {
      this.#sessions.set(session.id, session)
      const outputAt = seen[session.id]
      if (outputAt !== undefined) this.#seen.set(session.id, outputAt)
    }
    this.#pages = next === undefined ? 'all' : 'some'
    if (next === undefined) this.#watchers.emit(this.#listed())
    else this.#ask(connection, { before: next })
  }

  #listed(): SessionChange {
    const sessions = [...this.#sessions.values()].toSorted((a, b) => b.startedAt - a.startedAt)
    return { type: 'listed', sessions, seen: new Map(this.#seen) }
  }

  #handleRefused(error: unknown): void {
    this.#subscribed = undefined
    this.#watchers.emit({ type: 'failed', error: toLimpetError(error) })
  }
}

function once(action: () => void): () => void {
  let hasRun = false
  return () => {
    if (hasRun) return
    hasRun = true
    action()
  }
}
