// Owns all sessions of the host: opening, finding, keeping the ended ones for a while, forgetting them. Those of
// hosts before it are among them, ended or lost.

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
import { DiskLog, type LogDisk, type LogLayout } from '../log/index.ts'
import type { ProcessHandlers, ProcessRecord, RunningProcess } from '../process/index.ts'
import { Changes } from './changes.ts'
import { Expiries } from './expiries.ts'
import { keepPlan, type KeptPlan } from './kept-plan.ts'
import {
  CLOSE_DEADLINE_MS,
  KEEP_ENDED_MS,
  LIST_PAGE_BYTES,
  MAX_ENDED_DISK_BYTES,
  MAX_ENDED_MEMORY_BYTES,
  MAX_ENDED_SESSIONS,
  MAX_RUNNING_SESSIONS,
} from './limits.ts'
import { sessionNotFound } from './not-found.ts'
import { restoreSessions, type RestoredSession } from './restore.ts'
import { SessionFiles } from './session-files.ts'
import { Session, type SessionChange } from './session.ts'
import type { OpenScreen } from './session-screen.ts'

export interface SessionsOptions {
  /** Where logs and what is known of sessions are kept. */
  readonly disk: LogDisk
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
  /** Ends what still lives of a lost session. @default nothing */
  readonly endRecorded?: (process: ProcessRecord, id: SessionId) => Promise<unknown>
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
  readonly #expiries: Expiries<Session>
  readonly #files: SessionFiles
  readonly #waiters = new Set<() => void>()
  /** Of ended sessions whose descendants are still being ended. */
  readonly #leaving = new Set<Promise<unknown>>()
  #starting = 0
  #isStopping = false
  #lastOrdinal = 0

  constructor(options: SessionsOptions) {
    this.#options = options
    const { disk, logger, clock } = options
    this.#expiries = new Expiries(clock, (session) => this.remove(session))
    this.#files = new SessionFiles({ disk, logger, handleKept: () => this.#forgetOldest() })
  }

  /** Finds the sessions of hosts before this one. To be called once, before anybody asks for a session. */
  async restore(): Promise<void> {
    const { disk, logger } = this.#options
    const restored = await restoreSessions(disk, logger)
    for (const one of restored) this.#restore(one)
    const byEnd = [...this.#sessions.values()].toSorted(
      (left, right) => (left.info.endedAt ?? 0) - (right.info.endedAt ?? 0),
    )
    for (const session of byEnd) this.#noteEnded(session)
    if (restored.length > 0) logger.log('sessions.restored', { count: restored.length })
    this.#forgetOldest()
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
    const session = this.#create(id, keepPlan(plan))
    if (name) session.name = name
    if (labels) session.configure({ labels })
    this.#starting++
    try {
      await session.start((handlers) => this.#options.launch(id, plan, handlers))
      this.#sessions.set(id, session)
    } finally {
      this.#starting--
      this.#handleFewer()
    }
    this.#ordinals.set(session, ++this.#lastOrdinal)
    this.#files.noteChanged(session)
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
    this.#expiries.delete(session)
    for (const { id, connection } of [...session.viewers]) connection.expel(id, 'removed')
    session.close()
    session.handleForgotten?.()
    this.#files.remove(session)
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

  /** Resolves when what is known is on disk, or the disk has had its time. */
  async close(): Promise<void> {
    this.#expiries.close()
    for (const session of this.#sessions.values()) session.close()
    this.changes.close()
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_DEADLINE_MS)
    })
    await Promise.race([this.#files.close(), deadline])
    clearTimeout(timer)
  }

  #create(id: SessionId, plan: KeptPlan, kept?: RestoredSession): Session {
    const { disk, clock, logger, openScreen } = this.#options
    const layout: LogLayout | undefined = kept?.log
    const session: Session = new Session({
      id,
      plan,
      log: new DiskLog({
        disk,
        name: id,
        retainBytes: plan.retainBytes,
        layout,
        handleDurability: (isDurable, reason) => {
          logger.log('session.log-durability', { session: id, isDurable, reason })
          session.handleDurability(isDurable, reason)
        },
      }),
      clock,
      logger,
      ...(kept && { kept }),
      handleChanged: (changed, change) => this.#handleChanged(changed, change),
      ...(openScreen && { openScreen: (source) => openScreen(id, source) }),
    })
    return session
  }

  #restore(kept: RestoredSession): void {
    const { id, sizeRule } = kept.session
    const plan = sizeRule ? { ...kept.plan, sizeRule } : kept.plan
    const session = this.#create(id, plan, kept)
    this.#sessions.set(id, session)
    this.#ordinals.set(session, ++this.#lastOrdinal)
    if (!kept.isChanged) return
    this.#files.noteChanged(session)
    if (kept.process && plan.onEnd === 'kill') {
      const ending = this.#options.endRecorded?.(kept.process, id)
      if (ending) this.#awaitLeaving(ending, id)
    }
  }

  #handleChanged(session: Session, change: SessionChange): void {
    if (!this.#sessions.has(session.id)) return
    if (change === 'output') {
      this.changes.noteOutput(session)
      return
    }
    if (change === 'facts') this.changes.announce('session.changed', session)
    else if (change === 'exited') this.#handleExited(session)
    this.#files.noteChanged(session)
  }

  #handleExited(session: Session): void {
    const { exit } = session.info
    this.#options.logger.log('session.exited', { session: session.id, ...exit })
    this.changes.announce('session.exited', session)
    this.#awaitLeaving(session.left, session.id)
    this.#noteEnded(session)
    this.#forgetOldest()
    this.#handleFewer()
  }

  #awaitLeaving(left: Promise<unknown>, session: SessionId): void {
    const logged = left
      .catch((error: unknown) =>
        this.#options.logger.fault('session.survivors', error, { session }),
      )
      .finally(() => this.#leaving.delete(logged))
    this.#leaving.add(logged)
  }

  #noteEnded(session: Session): void {
    const { endedAt = session.startedAt } = session.info
    this.#ended.add(session)
    this.#expiries.set(session, endedAt + (session.plan.keepEndedMs ?? KEEP_ENDED_MS))
  }

  /** A session ended, or did not come to be: whoever waits for the last one looks again. */
  #handleFewer(): void {
    for (const wake of this.#waiters) wake()
    this.#waiters.clear()
    this.#options.handleIdle()
  }

  /** Keeps count, memory and disk of the ended within their limits [LOG-4]. */
  #forgetOldest(): void {
    let memoryBytes = 0
    let diskBytes = 0
    for (const { log } of this.#ended) {
      memoryBytes += log.heldBytes
      diskBytes += log.diskBytes
    }
    for (const session of this.#ended) {
      const isWithin = memoryBytes <= MAX_ENDED_MEMORY_BYTES && diskBytes <= MAX_ENDED_DISK_BYTES
      if (this.#ended.size <= MAX_ENDED_SESSIONS && isWithin) return
      memoryBytes -= session.log.heldBytes
      diskBytes -= session.log.diskBytes
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
