// Owns what each method of the host does. One handler per method, typed by the protocol's table; rights and
// parameters are checked before they are called.

import {
  byteOffset,
  DEFAULT_WINDOW_BYTES,
  LimpetError,
  METHODS,
  PROTOCOL_VERSION,
  type Attached,
  type Checkpoint,
  type MethodName,
  type MethodParams,
  type MethodResult,
  type SessionId,
  type View,
} from '@limpet/protocol'
import type { HostFile } from '@limpet/link'
import type { Clock } from '../base/clock.ts'
import { Attachment, sessionNotFound, type Session, type Sessions } from '../session/index.ts'
import type { Link } from './link.ts'

/** A result, and what happens once it has been sent. */
export interface Answer<M extends MethodName> {
  readonly result: MethodResult<M>
  readonly afterwards?: () => void
}

/** A method that a host answers. */
export type HostMethod = {
  [M in MethodName]: (typeof METHODS)[M]['servedBy'] extends 'gateway' ? never : M
}[MethodName]

type Handlers = {
  readonly [M in HostMethod]: (
    link: Link,
    params: MethodParams<M>,
  ) => Answer<M> | Promise<Answer<M>>
}

interface ViewOptions {
  readonly link: Link
  readonly session: Session
  readonly view: View
  /** Offset of the first byte to send. */
  readonly from: number
  /** Queries below this offset are never answered. */
  readonly liveFrom: number
  /** The terminal's state at `from`. */
  readonly checkpoint?: Checkpoint | undefined
}

export interface RequestsOptions {
  readonly sessions: Sessions
  readonly clock: Clock
  /** What the host says of itself. */
  readonly file: HostFile
  /** Ends the host once the answer was sent. */
  readonly stopHost: () => void
}

export class Requests {
  readonly #options: RequestsOptions
  readonly #handlers: Handlers
  #viewers = 0

  constructor(options: RequestsOptions) {
    this.#options = options
    const { sessions } = options
    this.#handlers = {
      'link.hello': (link, params) => this.#hello(link, params),
      'link.ping': () => ({ result: {} }),
      'host.status': () => ({ result: this.#status() }),
      'host.stop': async () => {
        const ended = await sessions.stop()
        return { result: { ended }, afterwards: options.stopHost }
      },
      'session.open': (link, params) => this.#open(link, params),
      'session.list': (link, params) => {
        if (params.watch === true) sessions.changes.watch(link)
        return { result: this.#list(link, params.before) }
      },
      'session.attach': (link, params) => this.#attach(link, params),
      'session.detach': (link, params) => {
        link.requireViewing(params.attachment)
        link.removeViewing(params.attachment, { isLost: false })
        return { result: {} }
      },
      'session.resize': (link, params) => {
        const { session, attachment } = link.requireViewing(params.attachment)
        session.resize(attachment, { columns: params.columns, rows: params.rows })
        return { result: {} }
      },
      'session.signal': (_link, params) => {
        sessions.require(params.session).signal(params.signal)
        return { result: {} }
      },
      'session.kill': (_link, params) => {
        sessions.require(params.session).kill({ force: params.force === true })
        return { result: {} }
      },
      'session.rename': (_link, params) => {
        sessions.require(params.session).rename(params.name)
        return { result: {} }
      },
      'session.configure': (_link, params) => {
        sessions.require(params.session).configure(params)
        return { result: {} }
      },
      'session.control': (link, params) => {
        link.requireViewing(params.attachment).session.giveControl(params.viewer)
        return { result: {} }
      },
      'session.see': (link, params) => {
        const session = sessions.require(params.session)
        const seenAt = session.see(link.principal, params.outputAt)
        if (seenAt !== undefined) sessions.changes.announceSeen(link, session, seenAt)
        return { result: {} }
      },
      'session.remove': (_link, params) => {
        sessions.remove(sessions.require(params.session))
        return { result: {} }
      },
    }
  }

  /** @throws LimpetError as the method's table row says */
  handle<M extends MethodName>(
    link: Link,
    method: M,
    params: MethodParams<M>,
  ): Answer<M> | Promise<Answer<M>> {
    const handlers: Partial<Record<MethodName, unknown>> = this.#handlers
    const handler = handlers[method] as // the mapped type above ties handler and method
      ((link: Link, params: MethodParams<M>) => Answer<M> | Promise<Answer<M>>) | undefined
    if (handler) return handler(link, params)
    throw new LimpetError('METHOD_NOT_FOUND', `${method} is not answered by a host.`)
  }

  /** The link is gone: what belonged to it ends. */
  handleLinkClosed(link: Link): void {
    const { sessions } = this.#options
    sessions.changes.unwatch(link)
    for (const session of link.ownedSessions) this.#endOwned(session)
    link.ownedSessions.clear()
  }

  #endOwned(session: Session): void {
    if (session.hasEnded) this.#options.sessions.remove(session)
    else session.kill({ force: false })
  }

  #hello(link: Link, params: MethodParams<'link.hello'>): Answer<'link.hello'> {
    const { build, pid } = this.#options.file
    if (params.protocol !== PROTOCOL_VERSION) {
      throw new LimpetError(
        'PROTOCOL_UNSUPPORTED',
        `This host (build ${build}) speaks protocol ${PROTOCOL_VERSION}, not ${params.protocol}. ` +
          'End it and its sessions with: limpet stop',
        { details: { protocol: PROTOCOL_VERSION, requested: params.protocol, build } },
      )
    }
    link.admit(params)
    return { result: { protocol: PROTOCOL_VERSION, build, pid } }
  }

  #status(): MethodResult<'host.status'> {
    const { sessions, file } = this.#options
    const { build, pid, startedAt } = file
    return {
      pid,
      build,
      startedAt,
      running: sessions.runningCount,
      ended: sessions.endedCount,
      residentBytes: process.memoryUsage.rss(),
    }
  }

  #list(link: Link, before: number | undefined): MethodResult<'session.list'> {
    const { sessions } = this.#options
    const only = link.scope === undefined ? undefined : sessions.find(link.scope)
    const page =
      link.scope === undefined ? sessions.page(before) : { sessions: only ? [only.info] : [] }
    const seen: Record<SessionId, number> = {}
    for (const { id } of page.sessions) {
      const outputAt = sessions.find(id)?.seen.get(link.principal)
      if (outputAt !== undefined) seen[id] = outputAt
    }
    return { ...page, ...(Object.keys(seen).length > 0 && { seen }) }
  }

  async #open(link: Link, params: MethodParams<'session.open'>): Promise<Answer<'session.open'>> {
    const { plan, name, labels, view } = params
    if (view && !link.canView) {
      throw new LimpetError('FORBIDDEN', 'A view in session.open needs the right to view.', {
        details: { method: 'session.open', right: 'view' },
      })
    }
    if (view) requireLosslessRight(link, view)
    if (view) link.reserveAttachment(view.attachment)
    const session = await this.#options.sessions.open(plan, name, labels)
    if (plan.lifetime === 'client') {
      if (link.isClosed) this.#endOwned(session)
      else this.#own(link, session)
    }
    if (view === undefined || link.isClosed) {
      session.viewers.handleOpened()
      return { result: { session: session.info } }
    }
    // It was there from byte 0, so no query of the program is history to it.
    const { attached, start } = this.#view({ link, session, view, from: 0, liveFrom: 0 })
    session.viewers.handleOpened()
    return { result: { session: session.info, attached }, afterwards: start }
  }

  /** A link may live long and run thousands: what the host forgets, it must not hold. */
  #own(link: Link, session: Session): void {
    link.ownedSessions.add(session)
    session.handleForgotten = () => link.ownedSessions.delete(session)
  }

  #attach(
    link: Link,
    params: MethodParams<'session.attach'>,
  ): Answer<'session.attach'> | Promise<Answer<'session.attach'>> {
    const session = this.#options.sessions.require(params.session)
    const from = startOffset(session, params.from)
    requireLosslessRight(link, params.view)
    session.viewers.requireRoomFor(params.view.client)
    link.reserveAttachment(params.view.attachment)
    const made = params.from === 'screen' ? session.checkpoint() : undefined
    if (made === undefined) return this.#attachAt(link, params, from)
    return made.then(
      (checkpoint) => this.#attachAt(link, params, checkpoint.offset, checkpoint),
      // No terminal can be had: then the viewer makes its own, from what is kept.
      () => this.#attachAt(link, params, session.log.keptFrom),
    )
  }

  #attachAt(
    link: Link,
    params: MethodParams<'session.attach'>,
    from: number,
    checkpoint?: Checkpoint,
  ): Answer<'session.attach'> {
    // Asked again: it may have been forgotten while the checkpoint was made, and so may the link, whom nobody hears.
    const session = this.#options.sessions.require(params.session)
    if (link.isClosed) throw sessionNotFound(params.session)
    // Others may have come while the checkpoint was made.
    session.viewers.requireRoomFor(params.view.client)
    this.#supersede(session, params.view)
    // A terminal that goes on where it was may still answer what nobody answered meanwhile; and every newcomer may
    // become the heir of a responder who leaves without having answered.
    const isResuming = typeof params.from === 'number'
    const unanswered = isResuming ? session.viewers.unansweredFrom : undefined
    const open = session.viewers.pendingFrom ?? unanswered
    const liveFrom = open === undefined ? session.log.end : Math.max(from, open)
    const { view } = params
    const { attached, start } = this.#view({ link, session, view, from, liveFrom, checkpoint })
    return { result: attached, afterwards: start }
  }

  #view(options: ViewOptions): { attached: Attached; start: () => void } {
    const { link, session, view, from, liveFrom, checkpoint } = options
    const attachment = new Attachment({
      id: view.attachment,
      viewer: `v${++this.#viewers}`,
      client: view.client,
      connection: link,
      log: session.log,
      clock: this.#options.clock,
      from,
      windowBytes: view.windowBytes ?? DEFAULT_WINDOW_BYTES,
      answers: view.answers === true,
      ...(view.size && { size: view.size }),
      // Who came by a share is called as its owner says: nobody is handed control as somebody else.
      ...(view.name && link.scope === undefined && { name: view.name }),
      lossless: view.lossless === true,
      liveFrom,
      checkpoint,
      ...(view.checkpoints === true && { makeCheckpoint: () => session.checkpoint() }),
    })
    session.viewers.attach(attachment)
    link.addViewing({ session, attachment })
    const attached: Attached = {
      session: session.info,
      offset: byteOffset(from),
      liveFrom: byteOffset(liveFrom),
      viewer: attachment.viewer,
      responder: session.viewers.responder,
      lastInput: session.inputLedger.taken(view.client),
      viewers: [...session.viewers].map(({ shown }) => shown),
    }
    return { attached, start: () => this.#start(session, attachment) }
  }

  #start(session: Session, attachment: Attachment): void {
    const sequence = session.inputLedger.written(attachment.client)
    if (sequence > 0) {
      attachment.connection.notify('input.acknowledged', { attachment: attachment.id, sequence })
    }
    attachment.start()
    session.viewers.pump(attachment)
  }

  /** The same client attached anew: its older attachment was cut off, or is about to be. */
  #supersede(session: Session, view: View): void {
    for (const { id, client, connection } of [...session.viewers]) {
      if (client === view.client) connection.expel(id, 'superseded')
    }
  }
}

export function isHostMethod(method: MethodName): method is HostMethod {
  return METHODS[method].servedBy !== 'gateway'
}

/** It can make a process wait: that is for those who may stop it anyway [FLOW-4]. */
function requireLosslessRight(link: Link, view: View): void {
  if (view.lossless !== true || link.canType) return
  throw new LimpetError('FORBIDDEN', 'A lossless view needs the right to type.', {
    details: { right: 'type' },
  })
}

function startOffset(session: Session, from: MethodParams<'session.attach'>['from']): number {
  const { keptFrom, end } = session.log
  if (from === 'start' || from === 'screen') return keptFrom
  if (from === 'end') return end
  if (from <= end) return from
  throw new LimpetError('OFFSET_OUT_OF_RANGE', `Offset ${from} lies beyond the end, ${end}.`, {
    details: { offset: from, end, keptFrom },
  })
}
