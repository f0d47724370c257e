// Owns one viewer of one session over as many connections as it takes: it comes back at the first byte not
// yet had, cuts what comes twice, sends unacknowledged input again. Before: data frames of the connection;
// after: the session's stream or sink.
//
//   attached ⇄ resuming → detached        detached: by the user, at the end of the log, or for an error

import {
  decodeRecords,
  LimpetError,
  type Attached,
  type AttachmentId,
  type ByteOffset,
  type Checkpoint,
  type Gap,
  type InputSequence,
  type LogRecord,
  type NotificationParams,
  type SessionId,
  type TerminalSize,
} from '@limpet/protocol'
import { Acknowledger } from './acknowledger.ts'
import type { Connection, ViewerNotification } from './connection.ts'
import { away, detached, ended, missing, removed, superseded, tornFrame } from './endings.ts'
import { InputQueue, type SequencedInput } from './input-queue.ts'
import { dialError } from './lost.ts'
import { OutputCursor } from './output-cursor.ts'
import { checkpointRecordOf, outputRecordOf, type OutputRecord } from './output-record.ts'
import { viewOnWire, type LastingView } from './view-options.ts'

export type AttachmentState = 'attached' | 'resuming' | 'detached'

/** Who tells frames apart by their attachment. */
export interface AttachmentRegistry {
  nextId(): AttachmentId
  add(attachment: Attachment): void
  route(id: AttachmentId, attachment: Attachment): void
  remove(attachment: Attachment, id: AttachmentId | undefined): void
}

export interface AttachmentHandlers {
  handleAttached(attached: Attached): void
  /** @throws LimpetError when the peer breaks the protocol */
  handleRecord(record: OutputRecord): void
  /** Before coming back: may give up bytes that wait. @returns where to ask from then */
  trimWaiting(): ByteOffset | undefined
  handleState(state: AttachmentState): void
  /** Somebody else came or left. */
  handleViewer(notification: ViewerNotification): void
  /** No more records. @param error why, when it was neither the end of the log nor `detach` */
  handleEnded(error: LimpetError | undefined): void
}

export interface AttachmentOptions {
  readonly registry: AttachmentRegistry
  readonly handlers: AttachmentHandlers
  readonly view: LastingView
  readonly connection: Connection
  readonly id: AttachmentId
  readonly attached: Attached
  /** Offset of the first byte that is wanted. */
  readonly from: ByteOffset
  /** True: a checkpoint comes first. */
  readonly startsAtScreen: boolean
}

type Phase =
  | { readonly name: 'attached'; readonly connection: Connection; readonly id: AttachmentId }
  | { readonly name: 'resuming' }
  | { readonly name: 'detached' }

export class Attachment {
  readonly session: SessionId
  readonly #registry: AttachmentRegistry
  readonly #handlers: AttachmentHandlers
  readonly #cursor: OutputCursor
  readonly #acknowledger: Acknowledger
  readonly #input: InputQueue
  #view: LastingView
  #attached: Attached
  #phase: Phase
  /** True once the last record has come: nothing is to come but the last acknowledgements of input. */
  #isComplete = false

  constructor(options: AttachmentOptions) {
    const { registry, handlers, view, connection, id, attached, from, startsAtScreen } = options
    const isTerminal = attached.session.terminal !== undefined
    this.session = attached.session.id
    this.#registry = registry
    this.#handlers = handlers
    this.#view = view
    this.#attached = attached
    this.#phase = { name: 'attached', connection, id }
    this.#cursor = new OutputCursor(from, {
      startsAtScreen: startsAtScreen && isTerminal,
      takesCheckpoints: view.checkpoints && isTerminal,
    })
    this.#acknowledger = new Acknowledger({
      from,
      windowBytes: view.windowBytes,
      send: (offset) => this.#sendAcknowledgement(offset),
    })
    this.#input = new InputQueue((input) => this.#sendInput(input))
  }

  /** Frames are for it from here on. */
  begin(): void {
    if (this.#phase.name !== 'attached') return
    this.#registry.add(this)
    this.#registry.route(this.#phase.id, this)
    this.#input.resume(this.#attached.lastInput)
    this.#handlers.handleAttached(this.#attached)
    this.#endWithLog()
  }

  get state(): AttachmentState {
    return this.#phase.name
  }

  /** What the newest attachment learned before its first byte. */
  get attached(): Attached {
    return this.#attached
  }

  /** True when the session has ended and all that its log holds has come. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /** End of what came. */
  get offset(): ByteOffset {
    return this.#cursor.next
  }

  get pendingInputBytes(): number {
    return this.#input.pendingBytes
  }

  /** @throws LimpetError see InputQueue */
  write(bytes: Uint8Array, options: { isAnswer: boolean; isLast: boolean }): Promise<void> {
    if (options.isAnswer) this.#acknowledger.hurry()
    return this.#input.write(bytes, options)
  }

  acknowledge(offset: ByteOffset, options: { readonly isUrgent?: boolean } = {}): void {
    if (options.isUrgent === true) this.#acknowledger.hurry()
    this.#acknowledger.consumed(offset < this.#cursor.next ? offset : this.#cursor.next)
  }

  /** Says the viewer's size now, or with the next attachment. @throws LimpetError */
  async resize(size: TerminalSize): Promise<void> {
    this.#view = { ...this.#view, size }
    const phase = this.#phase
    if (phase.name !== 'attached') return
    try {
      await phase.connection.request('session.resize', { attachment: phase.id, ...size })
    } catch (error) {
      // Lost with its connection: the size comes along with the next attachment.
      if (this.#phase === phase) throw error
    }
  }

  /** @param viewer who alone may type, or null for all who may @throws LimpetError */
  async control(viewer: string | null): Promise<void> {
    const phase = this.#phase
    if (phase.name === 'detached') throw detached(this.session)
    if (phase.name === 'resuming') throw away(this.session) // its name will be another one, too
    await phase.connection.request('session.control', { attachment: phase.id, viewer })
  }

  /** Ends it; the session goes on. Idempotent. */
  async detach(): Promise<void> {
    const phase = this.#phase
    this.#acknowledger.flush()
    this.end()
    if (phase.name === 'attached') await detachFromHost(phase.connection, phase.id)
  }

  /** Ends it without telling the host. Idempotent. @param error why, if it was not wanted */
  end(error?: LimpetError): void {
    if (this.#phase.name === 'detached') return
    const id = this.#phase.name === 'attached' ? this.#phase.id : undefined
    this.#phase = { name: 'detached' }
    this.#registry.remove(this, id)
    this.#input.end(error ?? detached(this.session))
    this.#handlers.handleEnded(this.#isComplete ? undefined : error)
    this.#handlers.handleState('detached')
  }

  /** @throws LimpetError when the records break the protocol */
  handleData(bytes: Uint8Array): void {
    const { records, consumedBytes } = decodeRecords(bytes)
    if (consumedBytes !== bytes.byteLength) throw tornFrame(bytes.byteLength - consumedBytes)
    for (const record of records) {
      this.#take(record)
      if (this.#isComplete || this.#phase.name === 'detached') return
    }
    this.#endWithLog()
  }

  /** @throws LimpetError when it is for another place */
  handleCheckpoint(checkpoint: Checkpoint): void {
    if (this.#isComplete) return
    this.#cursor.takeCheckpoint(checkpoint)
    this.#handlers.handleRecord(checkpointRecordOf(checkpoint))
    this.#endWithLog()
  }

  handleViewer(notification: ViewerNotification): void {
    this.#handlers.handleViewer(notification)
  }

  handleInputAcknowledged(sequence: InputSequence): void {
    this.#input.acknowledged(sequence)
  }

  /** @throws LimpetError when both ends count input differently: a new connection mends that */
  handleInputRefused(refusal: NotificationParams<'input.refused'>): void {
    const { sequence, code, message } = refusal
    const error = new LimpetError(code, message, { details: { session: this.session, sequence } })
    if (!this.#input.refused(sequence, error)) throw error
  }

  handleDetached(reason: NotificationParams<'session.detached'>['reason']): void {
    this.end(reason === 'removed' ? removed(this.session) : superseded(this.session))
  }

  handleLost(): void {
    if (this.#isComplete) return this.end()
    if (this.#phase.name !== 'attached') return
    this.#phase = { name: 'resuming' }
    this.#input.suspend()
    this.#handlers.handleState('resuming')
  }

  /** Attaches again over a new connection, at the first byte not yet had. Never rejects. */
  async resume(connection: Connection): Promise<void> {
    const trimmed = this.#handlers.trimWaiting()
    if (trimmed !== undefined) this.#cursor.rewind(trimmed)
    const id = this.#registry.nextId()
    const { size } = this.#view
    // Without the terminal's state, what follows this place would be of no use to who shows a screen.
    const from = this.#cursor.lacksScreen ? 'screen' : this.#cursor.next
    try {
      await connection.ask(
        'session.attach',
        { session: this.session, view: viewOnWire(this.#view, id), from },
        {
          accept: (attached) => this.#handleResumed(connection, id, attached),
          handleLate: () => void detachFromHost(connection, id),
        },
      )
    } catch (thrown) {
      return this.#handleNotResumed(connection, dialError(thrown))
    }
    // Said while the question was on its way. Whoever said it is told what became of that, not we.
    if (this.#view.size && this.#view.size !== size)
      await this.resize(this.#view.size).catch(() => {})
  }

  #handleResumed(connection: Connection, id: AttachmentId, attached: Attached): void {
    if (this.#phase.name === 'detached') return void detachFromHost(connection, id)
    this.#phase = { name: 'attached', connection, id }
    this.#attached = attached
    this.#registry.route(id, this)
    const skipped = this.#cursor.lacksScreen
      ? this.#cursor.moveToScreen(attached.offset)
      : undefined
    this.#acknowledger.restart(this.#cursor.next)
    this.#input.resume(attached.lastInput)
    this.#handlers.handleAttached(attached)
    if (skipped) this.#handlers.handleRecord(gapRecord(skipped, attached))
    this.#handlers.handleState('attached')
    this.#endWithLog()
  }

  #handleNotResumed(connection: Connection, error: LimpetError): void {
    // With the connection lost, the next one tries again; so it must be lost for whatever passes with time.
    if (!connection.isOpen) return
    if (error.code === 'OFFSET_OUT_OF_RANGE') {
      // What came from there is no longer in the log: its newest part was lost with its host [LOG-7].
      this.#isComplete = true
      return this.end()
    }
    if (error.definition.retriable) connection.fail(error)
    else this.end(error)
  }

  #take(logged: LogRecord): void {
    const fresh = this.#cursor.take(logged)
    if (!fresh) return
    const record = outputRecordOf(fresh)
    if (record.type === 'gap' && this.#view.lossless) return this.#endIncomplete(record.gap)
    this.#handlers.handleRecord(record)
    if (record.type === 'exit') void this.#endComplete()
  }

  #endIncomplete(gap: Gap): void {
    const phase = this.#phase
    this.end(missing(this.session, gap))
    if (phase.name === 'attached') void detachFromHost(phase.connection, phase.id)
  }

  /** A log without an exit record ahead ends where it ended: a lost session's, or one attached at its end. */
  #endWithLog(): void {
    const { state, end } = this.#attached.session
    if (state === 'running' || this.#isComplete || this.#phase.name === 'detached') return
    if (this.#cursor.next >= end && !this.#cursor.lacksScreen) void this.#endComplete()
  }

  /**
   * The last record came. Input that was written just before the end may be acknowledged just after it; with
   * the answer to the detach, everything that the host had to say has been said.
   */
  async #endComplete(): Promise<void> {
    const phase = this.#phase
    this.#isComplete = true
    this.#input.close(ended(this.session))
    this.#handlers.handleEnded(undefined)
    if (phase.name === 'attached') await detachFromHost(phase.connection, phase.id)
    this.end()
  }

  #sendInput(input: SequencedInput): void {
    const phase = this.#phase
    if (phase.name !== 'attached') return
    const { sequence, bytes, isAnswer, isLast } = input
    phase.connection.sendInput({ attachment: phase.id, sequence, bytes, isAnswer, isLast })
  }

  #sendAcknowledgement(offset: ByteOffset): void {
    const phase = this.#phase
    if (phase.name !== 'attached') return
    phase.connection.notify('session.acknowledge', { attachment: phase.id, offset })
  }
}

/** Takes back an attachment that nobody wants any more; when that fails, it went with its connection. */
export async function detachFromHost(connection: Connection, id: AttachmentId): Promise<void> {
  await connection.request('session.detach', { attachment: id }).catch(() => {})
}

function gapRecord(gap: Gap, { session }: Attached): OutputRecord {
  const timeUs = (session.lastOutputAt ?? session.startedAt) * 1000
  return { type: 'gap', gap, offset: gap.from, end: gap.to, timeUs, isContinued: false }
}
