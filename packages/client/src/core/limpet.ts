// Owns the SDK's front: joins the kept connection, the attachments, the list of sessions and `run`.
// Before: `connect`, or whoever has a link; after: the user's code.

import {
  LimpetError,
  RIGHTS,
  type Channel,
  type LaunchPlan,
  type MethodName,
  type MethodParams,
  type MethodResult,
  type Right,
  type SessionId,
  type SessionInfo,
  type ShareInfo,
} from '@limpet/protocol'
import { Attachments } from './attachments.ts'
import type { Connection } from './connection.ts'
import type { ConnectionState } from './connection-state.ts'
import { history, type HistoryOptions } from './history.ts'
import { HostWatch, type HostState } from './host-state.ts'
import { KeptConnection } from './kept-connection.ts'
import { DIAL_DEADLINE_MS, REQUEST_DEADLINE_MS } from './limits.ts'
import {
  calledOnWire,
  programStart,
  type AttachOptions,
  type OpenOptions,
  type OpenPlanOptions,
  type ProgramChoice,
} from './open-options.ts'
import type { OutputRecord } from './output-record.ts'
import type { OverOptions, RequestOptions } from './over-options.ts'
import { run, type RunOptions, type RunResult } from './run.ts'
import { systemRuntime, type Runtime } from './runtime.ts'
import { SessionList, type SessionChange, type SessionWatch } from './session-list.ts'
import { requireSessionId, SessionOpener } from './session-opener.ts'
import type { Session, SessionSettings } from './session.ts'

/** Who is let in by a share. */
export type ShareOptions = Omit<MethodParams<'share.create'>, 'session'>

/**
 * One way to a machine: it connects again by itself, and its sessions come back with it.
 *
 * @example
 * await using limpet = await connect('http://127.0.0.1:7681', { token })
 * const { stdout, exit } = await limpet.run(['ls', '-l'])
 */
export class Limpet {
  readonly #runtime: Runtime
  readonly #options: OverOptions
  readonly #kept: KeptConnection
  readonly #attachments = new Attachments()
  readonly #list: SessionList
  readonly #opener: SessionOpener
  readonly #host: HostWatch
  #rights: readonly Right[] = []
  #sharedSession: SessionId | undefined

  private constructor(
    dial: () => Promise<Channel>,
    options: OverOptions & { readonly retriesFirst: boolean },
  ) {
    this.#runtime = options.runtime ?? systemRuntime()
    this.#options = options
    this.#list = new SessionList(this.#runtime)
    this.#host = new HostWatch(this.#runtime)
    this.#kept = new KeptConnection({
      dial,
      runtime: this.#runtime,
      framesStay: options.framesStay ?? false,
      reconnect: options.reconnect ?? true,
      retriesFirst: options.retriesFirst,
      greet: (connection) => this.#greet(connection),
      handlers: {
        handleData: (id, records) => this.#attachments.handleData(id, records),
        handleCheckpoint: (id, state) => this.#attachments.handleCheckpoint(id, state),
        handleNotification: (notification) => {
          this.#attachments.handleNotification(notification)
          this.#list.handleNotification(notification)
          if (notification.method === 'host.changed') this.#host.handle(notification.params.state)
        },
      },
      handleOpened: (connection) => {
        this.#attachments.handleOpened(connection)
        this.#list.handleOpened(connection)
      },
      handleLost: () => {
        this.#attachments.handleLost()
        this.#list.handleLost()
      },
      handleClosed: (error) => {
        this.#attachments.handleClosed(error)
        this.#list.handleClosed(error)
      },
    })
    this.#opener = new SessionOpener({
      registry: this.#attachments,
      runtime: this.#runtime,
      connected: () => this.#kept.connected(REQUEST_DEADLINE_MS),
      request: (method, params) => this.request(method, params),
    })
    this.#kept.start()
  }

  /**
   * Speaks over channels of one's own making.
   * @param dial makes a fresh channel, each time that one is needed
   * @throws LimpetError why the first try failed
   */
  static async over(dial: () => Promise<Channel>, options: OverOptions = {}): Promise<Limpet> {
    const limpet = new Limpet(dial, { ...options, retriesFirst: false })
    await limpet.ready()
    return limpet
  }

  /** Like `over`, but at once: it connects in the background, and retries even the first try. */
  static start(dial: () => Promise<Channel>, options: OverOptions = {}): Limpet {
    return new Limpet(dial, { ...options, retriesFirst: options.reconnect ?? true })
  }

  /** connected: the host has answered over this connection. closed: for good. */
  get state(): ConnectionState['state'] {
    return this.#kept.state.state
  }

  /** The same with times, the next retry and the reason. */
  get connection(): ConnectionState {
    return this.#kept.state
  }

  /** @returns a function that removes the listener */
  onStateChange(listener: (connection: ConnectionState) => void): () => void {
    return this.#kept.onStateChange(listener)
  }

  /** What this connection may do; nothing before the first one. */
  get rights(): readonly Right[] {
    return this.#rights
  }

  /** Present when this connection came by a share: it sees this session only. */
  get sharedSession(): SessionId | undefined {
    return this.#sharedSession
  }

  /** Whether the host behind the gateway answers; what is sent to one that does not waits. */
  get hostState(): HostState {
    return this.#host.state
  }

  /** @returns a function that removes the listener */
  onHostState(listener: (state: HostState) => void): () => void {
    return this.#host.onChange(listener)
  }

  /** @returns when it is connected @throws LimpetError why it closed */
  async ready(): Promise<void> {
    await this.#kept.connected()
  }

  /** The network may be back, or somebody looks: tries at once, or asks for a sign of life. */
  reconnectNow(): void {
    this.#kept.reconnectNow()
  }

  /**
   * Asks for anything that the protocol has. Waits for the connection if there is none at the moment.
   * @throws LimpetError what the peer refuses; CONNECTION_LOST when the connection ended or the time was
   * over before the answer came: it may or may not have been carried out, and is never sent again
   */
  async request<M extends MethodName>(
    method: M,
    params: MethodParams<M>,
    options: RequestOptions = {},
  ): Promise<MethodResult<M>> {
    const { deadlineMs = REQUEST_DEADLINE_MS } = options
    const startedMs = this.#runtime.monotonicMs()
    const connection = await this.#kept.connected(deadlineMs)
    const restMs = Math.max(deadlineMs - (this.#runtime.monotonicMs() - startedMs), 1)
    return connection.request(method, params, restMs)
  }

  /**
   * Runs one program to its end; no shell reads the argv.
   * @throws LimpetError EXECUTABLE_NOT_FOUND and the like; a program that fails is no error
   * @example
   * const { stderr, exit } = await limpet.run(['sh', '-c', 'echo no >&2; exit 3'])
   */
  run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run(this, argv, options)
  }

  /**
   * Starts a program as a session, watched from its first byte.
   * @param program its name, or an argv and more
   * @throws LimpetError PROGRAM_NOT_FOUND, PROGRAM_ARGUMENTS_REFUSED, EXECUTABLE_NOT_FOUND,
   * WORKING_DIRECTORY_UNUSABLE, FORBIDDEN, TOO_MANY_SESSIONS; CONNECTION_LOST when it may have started
   * @example
   * const shell = await limpet.open('shell', { columns: 120, rows: 40 })
   * const top = await limpet.open({ argv: ['top'], tty: true })
   */
  async open(program: string | ProgramChoice, options: OpenOptions = {}): Promise<Session> {
    const start = programStart(program, options)
    if (this.#options.peer === 'gateway') {
      return this.#opener.open('program.start', { ...start, ...calledOnWire(options) }, options)
    }
    if (this.#options.planFor === undefined) throw planless(start.program)
    return this.openPlan(await this.#options.planFor(start), options)
  }

  /** Starts exactly a plan; only over a link to a host. @throws LimpetError like `open` */
  openPlan(plan: LaunchPlan, options: OpenPlanOptions = {}): Promise<Session> {
    return this.#opener.open('session.open', { plan, ...calledOnWire(options) }, options)
  }

  /**
   * Watches a session that there is.
   * @throws LimpetError SESSION_NOT_FOUND, FORBIDDEN, OFFSET_OUT_OF_RANGE, CONNECTION_LOST
   * @example
   * const again = await limpet.attach(shell.id, { from: 'end' })
   */
  attach(id: SessionId | string, options: AttachOptions = {}): Promise<Session> {
    return this.#opener.attach(id, options)
  }

  /**
   * Reads what a session's log holds, to its end at the time of the first record that is asked for; then it
   * ends by itself. It watches as a viewer meanwhile, at the reader's own pace.
   * Throws what `attach` throws.
   * @example
   * for await (const record of limpet.history(shell.id)) {
   *   if (record.type === 'output') show(record.stream)
   * }
   */
  history(id: SessionId | string, options: HistoryOptions = {}): AsyncIterable<OutputRecord> {
    return history((from) => this.attach(id, { from }), options)
  }

  /** All sessions, newest first. @throws LimpetError FORBIDDEN, CONNECTION_LOST */
  async sessions(): Promise<readonly SessionInfo[]> {
    const sessions: SessionInfo[] = []
    for (let page = await this.request('session.list', {}); ;) {
      sessions.push(...page.sessions)
      if (page.next === undefined) return sessions
      page = await this.request('session.list', { before: page.next })
    }
  }

  /**
   * Follows the list of sessions; after a reconnection it is listed anew.
   * @returns when it was listed for the first time @throws LimpetError FORBIDDEN
   * @example
   * const watch = await limpet.watchSessions((change) => show(change.type))
   * show(watch.sessions.size)
   * watch.stop()
   */
  watchSessions(listener: (change: SessionChange) => void): Promise<SessionWatch> {
    return this.#list.watch(listener, () => this.#kept.connected())
  }

  /** Changes labels of a session, or whose size its terminal takes. @throws LimpetError FORBIDDEN, SESSION_NOT_FOUND, NOT_A_TERMINAL */
  async configure(session: SessionId | string, settings: SessionSettings): Promise<void> {
    await this.request('session.configure', { session: requireSessionId(session), ...settings })
  }

  /**
   * Says that this principal has seen a session's output, for all of its devices.
   * @param outputAt `lastOutputAt` of what was shown @throws LimpetError SESSION_NOT_FOUND
   */
  async markSeen(session: SessionId | string, outputAt: number): Promise<void> {
    const id = requireSessionId(session)
    await this.request('session.see', { session: id, outputAt })
    this.#list.noteSeen(id, outputAt) // the host tells the others only
  }

  /**
   * Makes a link that lets others into one session; the only copy of its secret is in the answer. Gateways only.
   * @throws LimpetError FORBIDDEN, SESSION_NOT_FOUND, QUEUE_FULL
   * @example
   * const { share, link } = await limpet.createShare(shell.id, { name: 'Ada', forMs: 3_600_000 })
   * show(link)
   * await limpet.revokeShare(share.id)
   */
  createShare(
    session: SessionId | string,
    options: ShareOptions = {},
  ): Promise<MethodResult<'share.create'>> {
    return this.request('share.create', { session: requireSessionId(session), ...options })
  }

  /** The shares that hold, newest first. @param session only those of this one @throws LimpetError FORBIDDEN */
  async listShares(session?: SessionId | string): Promise<readonly ShareInfo[]> {
    const only = session === undefined ? {} : { session: requireSessionId(session) }
    return (await this.request('share.list', only)).shares
  }

  /** Takes a share back; whoever came by it is let out. @throws LimpetError FORBIDDEN, SHARE_NOT_FOUND */
  async revokeShare(share: string): Promise<void> {
    await this.request('share.revoke', { share })
  }

  /** What may be started here, and how it is confined; of a gateway only. @throws LimpetError */
  programs(): Promise<MethodResult<'program.list'>> {
    return this.request('program.list', {})
  }

  /** @returns milliseconds to the host and back @throws LimpetError CONNECTION_LOST */
  async ping(): Promise<number> {
    const connection = await this.#kept.connected(REQUEST_DEADLINE_MS)
    const sentMs = this.#runtime.monotonicMs()
    await connection.request('link.ping', {})
    return this.#runtime.monotonicMs() - sentMs
  }

  /** Lets go of everything; sessions go on, but for those of lifetime "client". Idempotent. */
  close(): Promise<void> {
    return this.#kept.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Proves that the host is there, and learns what may be done. */
  async #greet(connection: Connection): Promise<void> {
    const options = this.#options
    const answered = connection.request('link.ping', {}, DIAL_DEADLINE_MS)
    if (options.peer === 'gateway') {
      const listed = connection.request('program.list', {}, DIAL_DEADLINE_MS)
      const [{ rights, session }] = await Promise.all([listed, answered])
      this.#rights = rights
      this.#sharedSession = session
    } else {
      await answered
      this.#rights = options.rights ?? RIGHTS
    }
    this.#host.handle('responsive') // it has just answered
  }
}

function planless(program: string): LimpetError {
  return new LimpetError(
    'PROGRAM_NOT_FOUND',
    `A host knows no program ${JSON.stringify(program)}: give planFor, or use openPlan.`,
    { details: { program } },
  )
}
