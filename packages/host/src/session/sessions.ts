// Owns all sessions of the host: opening, finding, keeping the ended ones for a while, forgetting them.

import { randomBytes } from 'node:crypto'
import {
  LimpetError,
  sessionIdFrom,
  type LaunchPlan,
  type MethodResult,
  type SessionId,
  type SessionInfo,
} from '@limpet/protocol'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { MemoryLog } from '../log/index.ts'
import type { ProcessHandlers, RunningProcess } from '../process/index.ts'
import { Changes } from './changes.ts'
import {
  KEEP_ENDED_MS,
  LIST_PAGE_BYTES,
  MAX_ENDED_LOG_BYTES,
  MAX_ENDED_SESSIONS,
  MAX_RUNNING_SESSIONS,
} from './limits.ts'
import { sessionNotFound } from './not-found.ts'
import { Session, type SessionChange } from './session.ts'
import type { OpenScreen } from './session-screen.ts'

export interface SessionsOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** Starts a plan's process. @throws LimpetError when it cannot */
  readonly launch: (
    id: SessionId,
    plan: LaunchPlan,
    handlers: ProcessHandlers,
  ) => Promise<RunningProcess>
  /** Opens the screen of a session with a terminal. @default none */
  readonly openScreen?: (id: SessionId, source: Parameters<OpenScreen>[0]) => ReturnType<OpenScreen>
  /** Called when the number of running sessions may have become zero. */
  readonly handleIdle: () => void
}

export class Sessions {
  readonly changes: Changes = new Changes()
  readonly #options: SessionsOptions
  /** In the order of their start. */
  readonly #sessions = new Map<SessionId, Session>()
  /** Their places in that order, which stay when others are forgotten. */
  readonly #ordinals = new WeakMap<Session, number>()
  /** In the order of their end: who ended first is forgotten first. */
  readonly #ended = new Set<Session>()
  readonly #expiries = new Map<Session, NodeJS.Timeout>()
  readonly #waiters = new Set<() => void>()
  /** Of ended sessions whose descendants are still being ended. */
  readonly #leaving = new Set<Promise<unknown>>()
  #starting = 0
  #isStopping = false
  #lastOrdinal = 0

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  /** @throws LimpetError TOO_MANY_SESSIONS, LAUNCH_FAILED, or what the launch throws; no session is left then */
  async open(
    plan: LaunchPlan,
    name: string | undefined,
    labels?: SessionInfo['labels'],
  ): Promise<Session> {
    if (this.#isStopping) throw stopping()
    if (this.runningCount >= MAX_RUNNING_SESSIONS) throw tooMany(this.runningCount)
    const id = sessionIdFrom(randomBytes(16))
    const { openScreen } = this.#options
    const session = new Session({
      id,
      plan,
      log: new MemoryLog(),
      clock: this.#options.clock,
      logger: this.#options.logger,
      launch: (handlers) => this.#options.launch(id, plan, handlers),
      handleChanged: (changed, change) => this.#handleChanged(changed, change),
      ...(openScreen && { openScreen: (source) => openScreen(id, source) }),
    })
    if (name) session.name = name
    if (labels) session.configure({ labels })
    this.#starting++
    try {
      await session.start()
      this.#sessions.set(id, session)
    } finally {
      this.#starting--
      this.#handleFewer()
    }
    this.#ordinals.set(session, ++this.#lastOrdinal)
    this.#options.logger.log('session.opened', { session: id, program: plan.program })
    this.changes.announce('session.opened', session)
    // The stop began while it started, and could not reach it before.
    if (this.#isStopping) session.kill({ force: false })
    return session
  }

  /** @throws LimpetError SESSION_NOT_FOUND */
  require(id: SessionId): Session {
    const session = this.#sessions.get(id)
    if (session) return session
    throw sessionNotFound(id)
  }

  find(id: SessionId): Session | undefined {
    return this.#sessions.get(id)
  }

  /**
   * Newest first, as many as one answer takes.
   * @param before `next` of the page before @default from the newest on
   */
  page(before: number = Number.POSITIVE_INFINITY): MethodResult<'session.list'> {
    const sessions: SessionInfo[] = []
    let bytes = 0
    for (const session of [...this.#sessions.values()].toReversed()) {
      const ordinal = this.#ordinals.get(session) ?? 0
      if (ordinal >= before) continue
      if (bytes > LIST_PAGE_BYTES) return { sessions, next: ordinal + 1 }
      const { info } = session
      sessions.push(info)
      bytes += Buffer.byteLength(JSON.stringify(info))
    }
    return { sessions }
  }

  get runningCount(): number {
    return this.#starting + this.#sessions.size - this.#ended.size
  }

  get endedCount(): number {
    return this.#ended.size
  }

  /** Forgets an ended session. @throws LimpetError SESSION_RUNNING */
  remove(session: Session): void {
    if (!session.hasEnded) {
      throw new LimpetError('SESSION_RUNNING', `Session ${session.id} still runs; end it first.`, {
        details: { session: session.id },
      })
    }
    if (!this.#sessions.delete(session.id)) return
    this.#ended.delete(session)
    clearTimeout(this.#expiries.get(session))
    this.#expiries.delete(session)
    for (const { id, connection } of [...session.attachments]) connection.expel(id, 'removed')
    session.close()
    session.handleForgotten?.()
    this.changes.announceRemoved(session)
  }

  /** Ends all sessions for good, by their steps, and what they left running. @returns how many were running */
  async stop(): Promise<number> {
    this.#isStopping = true
    const running = [...this.#sessions.values()].filter((session) => !session.hasEnded)
    for (const session of running) session.kill({ force: false })
    while (this.runningCount > 0) await new Promise<void>((resolve) => this.#waiters.add(resolve))
    await Promise.all(this.#leaving)
    return running.length
  }

  close(): void {
    for (const timer of this.#expiries.values()) clearTimeout(timer)
    for (const session of this.#sessions.values()) session.close()
    this.changes.close()
  }

  #handleChanged(session: Session, change: SessionChange): void {
    if (!this.#sessions.has(session.id)) return
    if (change === 'output') this.changes.noteOutput(session)
    else if (change === 'facts') this.changes.announce('session.changed', session)
    else if (change === 'exited') this.#handleExited(session)
  }

  #handleExited(session: Session): void {
    const { exit } = session.info
    this.#options.logger.log('session.exited', { session: session.id, ...exit })
    this.changes.announce('session.exited', session)
    const { left } = session
    this.#leaving.add(left)
    void left.then(() => this.#leaving.delete(left))
    this.#ended.add(session)
    this.#expiries.set(session, setTimeout(() => this.remove(session), KEEP_ENDED_MS).unref())
    this.#forgetOldest()
    this.#handleFewer()
  }

  /** A session ended, or did not come to be: whoever waits for the last one looks again. */
  #handleFewer(): void {
    for (const wake of this.#waiters) wake()
    this.#waiters.clear()
    this.#options.handleIdle()
  }

  /** Keeps count and memory of the ended within their limits [LOG-4]. */
  #forgetOldest(): void {
    let heldBytes = 0
    for (const session of this.#ended) heldBytes += session.log.heldBytes
    for (const session of this.#ended) {
      if (this.#ended.size <= MAX_ENDED_SESSIONS && heldBytes <= MAX_ENDED_LOG_BYTES) return
      heldBytes -= session.log.heldBytes
      this.remove(session)
    }
  }
}

function stopping(): LimpetError {
  return new LimpetError(
    'LAUNCH_FAILED',
    'The host is ending, with all its sessions. Try again: another one is started then.',
  )
}

function tooMany(running: number): LimpetError {
  return new LimpetError(
    'TOO_MANY_SESSIONS',
    `${running} sessions run; the limit is ${MAX_RUNNING_SESSIONS}. End some with: limpet kill`,
    { details: { running, limit: MAX_RUNNING_SESSIONS } },
  )
}
