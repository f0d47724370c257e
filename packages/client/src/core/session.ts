// Owns the handle of one session as users see it. Before: the attachment, which keeps it going over
// reconnections; after: the user's code.

import {
  byteOffset,
  LimpetError,
  type Attached,
  type AttachmentId,
  type ByteOffset,
  type ExitStatus,
  type MethodName,
  type MethodParams,
  type MethodResult,
  type SessionId,
  type SessionInfo,
  type Viewer,
} from '@limpet/protocol'
import { Attachment, type AttachmentRegistry, type AttachmentState } from './attachment.ts'
import type { Connection } from './connection.ts'
import { deferred } from './deferred.ts'
import { lost, noExit, stillRunning } from './endings.ts'
import type { WriteOptions } from './input-queue.ts'
import { SESSION_CLOSE_DEADLINE_MS } from './limits.ts'
import { Listeners } from './listeners.ts'
import type { OutputRecord } from './output-record.ts'
import { OutputStream } from './output-stream.ts'
import { Presence } from './presence.ts'
import type { Runtime } from './runtime.ts'
import { bytesOf } from './text.ts'
import type { LastingView, OutputSink } from './view-options.ts'

export interface SessionOptions {
  readonly registry: AttachmentRegistry
  readonly runtime: Runtime
  /** Asks over whatever connection there is, or comes. */
  readonly request: <M extends MethodName>(
    method: M,
    params: MethodParams<M>,
  ) => Promise<MethodResult<M>>
  readonly view: LastingView
  readonly sink: OutputSink<Session> | undefined
  readonly connection: Connection
  readonly id: AttachmentId
  readonly attached: Attached
  readonly from: ByteOffset
  readonly startsAtScreen: boolean
}

/** What `configure` changes; what is absent stays. */
export type SessionSettings = Omit<MethodParams<'session.configure'>, 'session'>

/**
 * One session, watched from here: its output, its input, its end. It survives lost connections; the process
 * behind it survives this handle.
 *
 * @example
 * const shell = await limpet.open('shell', { columns: 80, rows: 24 })
 * await shell.write('exit 3\r')
 * for await (const record of shell.output) {
 *   if (record.type === 'output') show(record.bytes)
 * }
 * const { code } = await shell.exited
 */
export class Session {
  readonly id: SessionId
  readonly #attachment: Attachment
  readonly #options: SessionOptions
  readonly #stream: OutputStream
  readonly #presence: Presence
  readonly #listeners: Listeners<AttachmentState>
  readonly #exited = deferred<ExitStatus>()
  #info: SessionInfo

  /** Made by Limpet's `open` and `attach`. */
  constructor(options: SessionOptions) {
    const { windowBytes } = options.view
    this.id = options.attached.session.id
    this.#options = options
    this.#info = options.attached.session
    this.#presence = new Presence(options.runtime, options.attached)
    this.#listeners = new Listeners(options.runtime)
    this.#stream = new OutputStream({
      // What waited before a reconnection, and the fresh window after it.
      limitBytes: 2 * windowBytes,
      handleConsumed: (offset) => this.#attachment.acknowledge(offset),
    })
    // Who does not ask for the exit must not be told by an unhandled rejection that none will come.
    this.#exited.promise.catch(() => {})
    this.#attachment = new Attachment({
      ...options,
      handlers: {
        handleAttached: (attached) => this.#handleAttached(attached),
        handleRecord: (record) => this.#handleRecord(record),
        trimWaiting: () => this.#stream.trim(windowBytes),
        handleState: (state) => this.#listeners.emit(state),
        handleViewer: (notification) => this.#presence.handleViewer(notification),
        handleEnded: (error) => this.#handleEnded(error),
      },
    })
    this.#attachment.begin()
  }

  /** What is known of the session: from the newest attachment, with what its records said since. */
  get info(): SessionInfo {
    return this.#info
  }

  /** attached: output flows. resuming: the connection was lost, it comes back by itself. detached: for good. */
  get state(): AttachmentState {
    return this.#attachment.state
  }

  /** @returns a function that removes the listener */
  onStateChange(listener: (state: AttachmentState) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** What the newest attachment learned before its first byte. */
  get attached(): Attached {
    return this.#attachment.attached
  }

  /** This viewer's name in responder markers, since the newest attachment. */
  get viewer(): string {
    return this.attached.viewer
  }

  /** Who answered queries when the newest attachment began; later changes are marker records. */
  get responder(): string | null {
    return this.attached.responder
  }

  /** Queries in bytes below this offset are never to be answered. */
  get liveFrom(): ByteOffset {
    return this.attached.liveFrom
  }

  /** Everybody who is attached, this viewer included, in the order in which they came. */
  get viewers(): readonly Viewer[] {
    return this.#presence.viewers
  }

  /** Told when somebody came or left. @returns a function that removes the listener */
  onViewersChange(listener: (viewers: readonly Viewer[]) => void): () => void {
    return this.#presence.onViewersChange(listener)
  }

  /** The viewer who alone may type; null: all who may. Its newest change is known once its record has come. */
  get control(): string | null {
    return this.#presence.control
  }

  /** @returns a function that removes the listener */
  onControlChange(listener: (control: string | null) => void): () => void {
    return this.#presence.onControlChange(listener)
  }

  /** From here on only this viewer may type, until it leaves. @throws LimpetError like `giveControl` */
  takeControl(): Promise<void> {
    return this.giveControl(this.viewer)
  }

  /**
   * Says who alone may type from here on; input of the others is refused with CONTROL_HELD.
   * @param viewer `id` of one of `viewers` who may type, or null for all who may
   * @throws LimpetError FORBIDDEN, VIEWER_NOT_FOUND, SESSION_ENDED; CONNECTION_LOST while it is resuming
   */
  giveControl(viewer: string | null): Promise<void> {
    return this.#attachment.control(viewer)
  }

  /** End of what was received: where a new connection would go on. */
  get offset(): ByteOffset {
    return this.#attachment.offset
  }

  /** Bytes written here whose arrival at the process is not known yet. */
  get unacknowledgedInputBytes(): number {
    return this.#attachment.pendingInputBytes
  }

  /**
   * The records in order, for one reader at a time. Asking for the next one acknowledges the one before, so a
   * slow reader slows the program down, at most. `break` leaves the handle as it is: a later loop goes on
   * behind it. It ends after the exit record, at the end of a lost session's log, or when the handle is
   * detached or closed.
   *
   * Throws SESSION_NOT_FOUND when the session is forgotten, OUTPUT_OVERFLOW when a lossless handle misses bytes,
   * and whatever else ends the handle for good.
   */
  get output(): AsyncIterable<OutputRecord> {
    if (this.#options.sink) {
      throw new LimpetError('PARAMETERS_INVALID', 'The sink takes the records of this session.')
    }
    return this.#stream
  }

  /**
   * For sinks: everything below the offset was dealt with. Call it for each record or now and then; it is
   * thinned out on its way.
   * @param offset `end` of a record, in bytes
   * @param options isUrgent: told at once, for those who must not be taken for asleep. @default false
   */
  acknowledge(offset: number, options: { readonly isUrgent?: boolean } = {}): void {
    this.#attachment.acknowledge(byteOffset(offset), options)
  }

  /**
   * Types. Order is the order of calls; long data is split.
   * @param data bytes must not change until the promise is settled
   * @returns when the host has written all of it to the process; while 256 KiB are under way it waits
   * @throws LimpetError CONTROL_HELD while another viewer alone may type; SESSION_ENDED, INPUT_CLOSED, FORBIDDEN,
   * INPUT_OVERFLOW, ATTACHMENT_NOT_FOUND
   */
  write(data: string | Uint8Array, options: WriteOptions = {}): Promise<void> {
    const { isAnswer = false } = options
    return this.#attachment.write(bytesOf(data), { isAnswer, isLast: false })
  }

  /** Ends the process's input, as Ctrl-D does. @throws LimpetError like `write` */
  endInput(): Promise<void> {
    return this.#attachment.write(new Uint8Array(0), { isAnswer: false, isLast: true })
  }

  /**
   * Says the size of this viewer; without a connection it is said with the next one.
   * @param columns 1 to 1000 @param rows 1 to 1000
   * @throws LimpetError FORBIDDEN, NOT_A_TERMINAL, SESSION_ENDED, PARAMETERS_INVALID
   */
  resize(columns: number, rows: number): Promise<void> {
    return this.#attachment.resize({ columns, rows })
  }

  /**
   * Sends a signal to the process group.
   * @param name such as "SIGINT"
   * @throws LimpetError FORBIDDEN, SESSION_ENDED, SIGNAL_UNKNOWN
   */
  async signal(name: string): Promise<void> {
    await this.#options.request('session.signal', { session: this.id, signal: name })
  }

  /** @param name what people call it; an empty one takes the name away @throws LimpetError FORBIDDEN */
  async rename(name: string): Promise<void> {
    await this.#options.request('session.rename', { session: this.id, name })
    const { name: _former, ...rest } = this.#info
    this.#info = name === '' ? rest : { ...rest, name }
  }

  /**
   * Changes labels, or whose size the terminal takes.
   * @throws LimpetError FORBIDDEN, NOT_A_TERMINAL, PARAMETERS_INVALID
   * @example
   * await shell.configure({ labels: { project: 'limpet' } })
   */
  async configure(settings: SessionSettings): Promise<void> {
    await this.#options.request('session.configure', { session: this.id, ...settings })
    const { size: _size, ...facts } = settings // the size comes as a record, in its place
    this.#info = { ...this.#info, ...facts }
  }

  /**
   * Starts to end the session, by steps from hang-up to SIGKILL; the output can be read to its end.
   * @param options force: straight to SIGKILL @throws LimpetError FORBIDDEN, SESSION_ENDED
   */
  async kill(options: { readonly force?: boolean } = {}): Promise<void> {
    const { force = false } = options
    await this.#options.request('session.kill', { session: this.id, force })
  }

  /** Lets go of the session, which goes on. Writes under way are rejected. Idempotent. */
  detach(): Promise<void> {
    return this.#attachment.detach()
  }

  /**
   * Ends the session; output that nobody has read is dropped (a sink still gets it).
   * @throws LimpetError FORBIDDEN, or SESSION_RUNNING when it has not ended within 30 s
   */
  async close(): Promise<ExitStatus> {
    try {
      if (this.#info.state === 'running') await this.kill()
    } catch (error) {
      const hasEnded = error instanceof LimpetError && error.code === 'SESSION_ENDED'
      if (!hasEnded) throw error
    }
    const exit = this.discardOutput()
    let cancel = (): void => {}
    const late = new Promise<never>((_resolve, reject) => {
      const give = (): void => reject(stillRunning(this.id))
      cancel = this.#options.runtime.setTimer(give, SESSION_CLOSE_DEADLINE_MS)
    })
    return Promise.race([exit, late]).finally(cancel)
  }

  /** For those who want only the end: drops all output from here on. @returns when the session has ended */
  discardOutput(): Promise<ExitStatus> {
    this.#stream.discard()
    return this.exited
  }

  /**
   * How the process ended, once its exit record has come. That record follows the last output, so somebody has
   * to read: `output`, a sink, or `discardOutput`. Rejects when the handle ends before the session does, and
   * with SESSION_ENDED when the session was lost with its host: nobody knows its exit then.
   */
  get exited(): Promise<ExitStatus> {
    return this.#exited.promise
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.detach()
  }

  #handleAttached(attached: Attached): void {
    this.#info = attached.session
    this.#presence.handleAttached(attached)
    this.#callSink((sink) => sink.handleAttached?.(attached, this))
  }

  #handleRecord(record: OutputRecord): void {
    if (record.type === 'resize') this.#info = { ...this.#info, terminal: record.size }
    if (record.type === 'marker') this.#presence.handleMarker(record.marker, record.offset)
    if (record.type === 'exit') this.#handleExit(record)
    if (this.#options.sink) this.#callSink((sink) => sink.handleRecord(record, this))
    else this.#stream.push(record)
  }

  #handleExit({ exit, timeUs }: Extract<OutputRecord, { type: 'exit' }>): void {
    const { pid: _pid, ...rest } = this.#info
    this.#info = { ...rest, state: 'ended', exit, endedAt: timeUs / 1000 }
    this.#exited.resolve(exit)
  }

  #handleEnded(error: LimpetError | undefined): void {
    this.#stream.finish(error)
    // After an exit record, the rest does nothing.
    if (!this.#attachment.isComplete) return this.#exited.reject(error ?? noExit(this.id))
    if (this.#info.exit) return this.#exited.resolve(this.#info.exit)
    const { pid: _pid, ...rest } = this.#info
    this.#info = { ...rest, state: 'lost' }
    this.#exited.reject(lost(this.id))
  }

  /** A sink that throws is the user's fault, not the peer's: the connection goes on. */
  #callSink(call: (sink: OutputSink<Session>) => void): void {
    if (!this.#options.sink) return
    try {
      call(this.#options.sink)
    } catch (error) {
      this.#options.runtime.report(error)
    }
  }
}
