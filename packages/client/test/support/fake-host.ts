// Owns the far end of unit tests: gateway and host in one, over channels in memory, scripted where a test
// wants it otherwise. It implements the peer's side of the protocol, no part of ours.

import {
  byteOffset,
  decodeFrame,
  decodeMessage,
  decodeNotification,
  decodeParams,
  encodeError,
  encodeNotification,
  encodeResult,
  isMethodName,
  LimpetError,
  type Channel,
  type MethodName,
  type MethodParams,
  type MethodResult,
  type NotificationName,
  type NotificationParams,
  type Opened,
  type SessionId,
  type ShareInfo,
  type View,
} from '@limpet/protocol'
import { memoryChannelPair } from '@limpet/testkit'
import { FakeSession, type FakePeer, type Viewer } from './fake-session.ts'

export interface SeenRequest {
  readonly method: MethodName
  readonly params: unknown
}

interface CarriedOut {
  readonly result:
    | MethodResult<'program.list' | 'session.list' | 'session.attach' | 'session.open'>
    | MethodResult<'share.create' | 'share.list'>
    | Empty
  /** What comes behind the answer. */
  readonly afterwards?: () => void
}

type Empty = Readonly<Record<string, never>>

/** One accepted connection. */
export class FakeConnection implements FakePeer {
  readonly channel: Channel
  closedWith: number | undefined
  readonly #cut: () => void

  constructor(channel: Channel, cut: () => void) {
    this.channel = channel
    this.#cut = cut
  }

  notify<N extends NotificationName>(method: N, params: NotificationParams<N>): void {
    this.channel.sendText(encodeNotification(method, params))
  }

  cut(): void {
    this.#cut()
  }
}

export class FakeHost {
  readonly sessions = new Map<SessionId, FakeSession>()
  readonly connections: FakeConnection[] = []
  readonly requests: SeenRequest[] = []
  readonly shares: ShareInfo[] = []
  /** What its principal has seen, by session. */
  seen: Record<SessionId, number> = {}
  /** Set: connections came by a share of this session. */
  sharedSession: SessionId | undefined
  /** Set: the next dials fail with it. */
  refusesDials: unknown
  /** Methods that are never answered. */
  readonly silent = new Set<MethodName>()
  /** Methods that are refused. */
  readonly refusals = new Map<MethodName, LimpetError>()
  /** Called with each request before it is carried out: to cut, to print, to change the rules. */
  handleRequest: ((request: SeenRequest, connection: FakeConnection) => void) | undefined
  /** Called once the answer has left. */
  handleAnswered: ((request: SeenRequest, connection: FakeConnection) => void) | undefined
  #watchers = new Set<FakeConnection>()
  #nextSession = 1

  readonly dial = (): Promise<Channel> => {
    // A test scripts whatever a dial may throw.
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (this.refusesDials !== undefined) return Promise.reject(this.refusesDials)
    const { left, right, cut } = memoryChannelPair()
    this.accept(right, cut)
    return Promise.resolve(left)
  }

  /** Speaks over a channel, however it was made. */
  accept(channel: Channel, cut: () => void = () => channel.close(1012)): void {
    const connection = new FakeConnection(channel, cut)
    this.connections.push(connection)
    channel.setHandlers({
      handleText: (text) => this.#handleText(connection, text),
      handleBinary: (frame) => this.#handleInput(connection, frame),
      handleClosed: ({ code }) => {
        connection.closedWith = code
        this.#handleClosed(connection)
      },
    })
  }

  /** The newest connection. */
  get connection(): FakeConnection {
    const connection = this.connections.at(-1)
    if (connection === undefined) throw new Error('nobody has dialled')
    return connection
  }

  methods(): MethodName[] {
    return this.requests.map(({ method }) => method)
  }

  start(lifetime: FakeSession['info']['lifetime'] = 'kept'): FakeSession {
    const session = new FakeSession(this.#nextSession++, lifetime)
    this.sessions.set(session.info.id, session)
    for (const watcher of this.#watchers)
      watcher.notify('session.opened', { session: session.snapshot })
    return session
  }

  remove(session: FakeSession): void {
    this.sessions.delete(session.info.id)
    for (const { view, connection } of session.viewers) {
      connection.notify('session.detached', { attachment: view.attachment, reason: 'removed' })
    }
    for (const watcher of this.#watchers) watcher.notify('session.removed', { id: session.info.id })
  }

  announce(method: 'session.changed' | 'session.exited', session: FakeSession): void {
    for (const watcher of this.#watchers) watcher.notify(method, { session: session.snapshot })
  }

  #handleText(connection: FakeConnection, text: string): void {
    const message = decodeMessage(text)
    if (message.kind === 'notification') {
      const { attachment, offset } = decodeNotification('session.acknowledge', message.params)
      this.#viewing(connection, attachment, (session, viewer) =>
        session.acknowledge(viewer, offset),
      )
    }
    if (message.kind !== 'request' || !isMethodName(message.method)) return
    const { id, method, params } = message
    const request = { method, params }
    this.requests.push(request)
    this.handleRequest?.(request, connection)
    if (this.silent.has(method)) return
    try {
      const refusal = this.refusals.get(method)
      if (refusal) throw refusal
      const { result, afterwards } = this.#carryOut(connection, method, params)
      connection.channel.sendText(encodeResult(id, method, result))
      afterwards?.()
      this.handleAnswered?.(request, connection)
    } catch (error) {
      if (!(error instanceof LimpetError)) throw error
      connection.channel.sendText(encodeError(id, error))
    }
  }

  #carryOut(connection: FakeConnection, method: MethodName, raw: unknown): CarriedOut {
    switch (method) {
      case 'program.list':
        return {
          result: {
            programs: [],
            confinement: 'none',
            rights: ['view', 'type'],
            build: 'f',
            ...(this.sharedSession && { session: this.sharedSession }),
          },
        }
      case 'share.create': {
        const { session, role = 'viewer', name = '' } = decodeParams(method, raw)
        const share = { id: '0'.repeat(13), session, role, name, createdAt: 1, expiresAt: 2 }
        this.shares.push(share)
        const path = `s/${share.id}/#secret`
        return { result: { share, path, link: `http://fake/${path}` } }
      }
      case 'share.list':
        return { result: { shares: this.shares } }
      case 'program.start':
      case 'session.open':
        return this.#open(connection, decodeParams(method, raw))
      case 'session.attach': {
        const { session: id, view, from } = decodeParams(method, raw)
        const session = this.#session(id)
        if (typeof from === 'number' && from > session.end) {
          throw new LimpetError('OFFSET_OUT_OF_RANGE', 'beyond the end')
        }
        const start =
          typeof from === 'number' ? from : from === 'start' ? session.keptFrom : session.end
        return this.#attach({ connection, session, view, from: start })
      }
      case 'session.detach': {
        const { attachment } = decodeParams(method, raw)
        for (const session of this.sessions.values()) {
          session.detach((viewer) => !isOf(viewer, connection, attachment))
        }
        return { result: {} }
      }
      case 'session.list':
        if (decodeParams(method, raw).watch === true) this.#watchers.add(connection)
        return {
          result: {
            sessions: [...this.sessions.values()].map(({ snapshot }) => snapshot).toReversed(),
            seen: this.seen,
          },
        }
      case 'session.kill': {
        const session = this.#session(decodeParams(method, raw).session)
        if (session.hasExited) throw new LimpetError('SESSION_ENDED', 'has ended')
        return { result: {}, afterwards: () => session.exit({ code: null, signal: 'SIGHUP' }) }
      }
      default:
        decodeParams(method, raw)
        return { result: {} }
    }
  }

  #open(
    connection: FakeConnection,
    params: MethodParams<'program.start' | 'session.open'>,
  ): { result: Opened; afterwards?: () => void } {
    const lifetime = 'plan' in params ? params.plan.lifetime : params.lifetime
    const session = this.start(lifetime)
    if (params.view === undefined) return { result: { session: session.snapshot } }
    const { result, afterwards } = this.#attach({ connection, session, view: params.view, from: 0 })
    return { result: { session: session.snapshot, attached: result }, afterwards }
  }

  #attach(facts: { connection: FakeConnection; session: FakeSession; view: View; from: number }): {
    result: ReturnType<FakeSession['attach']>
    afterwards: () => void
  } {
    const { connection, session, view, from } = facts
    session.detach((viewer) => viewer.view.client !== view.client)
    // Frames come only after the answer: the viewer is added then.
    const viewersBefore = [...session.viewers]
    const result = session.attach(connection, view, byteOffset(from))
    const added = [...session.viewers].filter((viewer) => !viewersBefore.includes(viewer))
    return {
      result,
      afterwards: () => {
        for (const viewer of added) session.acknowledgeInput(viewer)
        session.pump()
      },
    }
  }

  #session(id: SessionId): FakeSession {
    const session = this.sessions.get(id)
    if (session) return session
    throw new LimpetError('SESSION_NOT_FOUND', `There is no session ${id}.`)
  }

  #handleInput(connection: FakeConnection, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes)
    if (frame.kind !== 'input') throw new Error(`a client sent a ${frame.kind} frame`)
    this.#viewing(connection, frame.attachment, (session, viewer) => session.receive(viewer, frame))
  }

  #viewing(
    connection: FakeConnection,
    attachment: number,
    use: (session: FakeSession, viewer: Viewer) => void,
  ): void {
    for (const session of this.sessions.values()) {
      for (const viewer of [...session.viewers]) {
        if (isOf(viewer, connection, attachment)) use(session, viewer)
      }
    }
  }

  #handleClosed(connection: FakeConnection): void {
    this.#watchers.delete(connection)
    for (const session of this.sessions.values()) {
      session.detach((viewer) => viewer.connection !== connection)
    }
  }
}

function isOf(viewer: Viewer, connection: FakeConnection, attachment: number): boolean {
  return viewer.connection === connection && viewer.view.attachment === attachment
}
