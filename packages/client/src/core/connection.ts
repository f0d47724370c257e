// Owns one channel's life: requests and their answers, notifications, data frames, heartbeat. Knows no
// reconnecting and no session. Before: a channel; after: whoever made the request, or the attachments.
//
// Answers are handed over synchronously: the frames of an attachment may follow its answer in the same turn.

import {
  decodeFrame,
  decodeMessage,
  decodeNotification,
  decodeResult,
  encodeError,
  encodeInputFrame,
  encodeNotification,
  encodeRequest,
  LimpetError,
  notificationNamed,
  toLimpetError,
  type AttachmentId,
  type Channel,
  type Checkpoint,
  type InputFrame,
  type Message,
  type MethodName,
  type MethodParams,
  type MethodResult,
  type NotificationName,
  type NotificationParams,
} from '@limpet/protocol'
import { Heartbeat } from './heartbeat.ts'
import { CLOSE_DEADLINE_MS, REQUEST_DEADLINE_MS } from './limits.ts'
import { brokenProtocol, errorOfClose, unanswered } from './lost.ts'
import type { Runtime } from './runtime.ts'

/** A notification of the host, decoded. */
export type HostNotification = {
  [N in NotificationName]: { readonly method: N; readonly params: NotificationParams<N> }
}[NotificationName]

/** Somebody came to a session, or left it. */
export type ViewerNotification = Extract<
  HostNotification,
  { readonly method: 'viewer.joined' | 'viewer.left' }
>

export interface ConnectionHandlers {
  /** `records` stay valid. @throws LimpetError when they break the protocol: the connection ends then */
  handleData(attachment: AttachmentId, records: Uint8Array): void
  /** The checkpoint's bytes stay valid. @throws LimpetError when it is for another place */
  handleCheckpoint(attachment: AttachmentId, checkpoint: Checkpoint): void
  handleNotification(notification: HostNotification): void
  /** Exactly once, unless `close` was called. */
  handleLost(error: LimpetError): void
}

export interface ConnectionOptions {
  readonly channel: Channel
  readonly runtime: Runtime
  /** True when the channel's frames stay valid after the call, as those of every WebSocket do. */
  readonly framesStay: boolean
  readonly handlers: ConnectionHandlers
}

export interface AnswerOptions<M extends MethodName, T> {
  /** @default 30 000 ms */
  readonly deadlineMs?: number
  /** Called before anything that follows the answer; what it returns is what the promise gives. */
  readonly accept: (result: MethodResult<M>) => T
  /** An answer after the deadline: the caller has gone, something may have to be undone. */
  readonly handleLate?: (result: MethodResult<M>) => void
}

interface Pending {
  readonly method: MethodName
  answer(result: unknown): void
  refuse(error: LimpetError): void
}

export class Connection {
  readonly #channel: Channel
  readonly #handlers: ConnectionHandlers
  readonly #runtime: Runtime
  readonly #framesStay: boolean
  readonly #heartbeat: Heartbeat
  readonly #pending = new Map<number, Pending>()
  #nextRequest = 1
  #isOpen = true
  #handleGone: (() => void) | undefined

  constructor(options: ConnectionOptions) {
    this.#channel = options.channel
    this.#handlers = options.handlers
    this.#runtime = options.runtime
    this.#framesStay = options.framesStay
    this.#heartbeat = new Heartbeat({
      runtime: options.runtime,
      ping: () => void this.request('link.ping', {}).catch(() => {}), // silence is what the heartbeat notices
      handleDead: (silentMs) => this.#lose(unanswered('a sign of life', silentMs)),
    })
    options.channel.setHandlers({
      handleText: (text) => this.#guard(() => this.#handleMessage(decodeMessage(text))),
      handleBinary: (frame) => this.#guard(() => this.#handleFrame(frame)),
      handleClosed: (closed) => this.#handleClosed(errorOfClose(closed)),
    })
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** @throws LimpetError what the peer answered, or CONNECTION_LOST */
  request<M extends MethodName>(
    method: M,
    params: MethodParams<M>,
    deadlineMs: number = REQUEST_DEADLINE_MS,
  ): Promise<MethodResult<M>> {
    return this.ask(method, params, { deadlineMs, accept: (result) => result })
  }

  /** A request whose answer is taken at once, before the frames behind it. */
  ask<M extends MethodName, T>(
    method: M,
    params: MethodParams<M>,
    options: AnswerOptions<M, T>,
  ): Promise<T> {
    const { deadlineMs = REQUEST_DEADLINE_MS, accept, handleLate } = options
    return new Promise((resolve, reject) => {
      if (!this.#isOpen) throw lostBeforeAnswer(method) // as a rejection: this is inside a promise
      const id = this.#nextRequest++
      // Encoding or sending may refuse (a request above the frame limit): nothing is pending then.
      this.#channel.sendText(encodeRequest(id, method, params))
      let isLate = false
      const cancel = this.#runtime.setTimer(() => {
        isLate = true
        reject(unanswered(`the answer to ${method}`, deadlineMs))
      }, deadlineMs)
      this.#pending.set(id, {
        method,
        answer: (raw) => {
          cancel()
          try {
            const result = decodeResult(method, raw)
            if (isLate) handleLate?.(result)
            else resolve(accept(result))
          } catch (error) {
            reject(toLimpetError(error)) // an answer that says nothing concerns only who asked
          }
        },
        refuse: (error) => {
          cancel()
          reject(error)
        },
      })
    })
  }

  notify<N extends NotificationName>(method: N, params: NotificationParams<N>): void {
    if (this.#isOpen) this.#channel.sendText(encodeNotification(method, params))
  }

  sendInput(frame: Omit<InputFrame, 'kind'>): void {
    if (this.#isOpen) this.#channel.sendBinary(encodeInputFrame(frame))
  }

  /** Asks for a sign of life now; without one in time the connection is lost. */
  probe(deadlineMs: number): void {
    if (this.#isOpen) this.#heartbeat.probe(deadlineMs)
  }

  /** Ends it because the peer broke the protocol. */
  fail(fault: unknown): void {
    this.#lose(brokenProtocol(fault))
  }

  /** Ends it without a word to the handlers. @returns when the peer has closed its side, too, or takes too long */
  close(): Promise<void> {
    if (!this.#isOpen) return Promise.resolve()
    this.#end()
    return new Promise((resolve) => {
      const cancel = this.#runtime.setTimer(resolve, CLOSE_DEADLINE_MS)
      this.#handleGone = () => {
        cancel()
        resolve()
      }
      this.#channel.close()
    })
  }

  #handleFrame(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes)
    if (frame.kind === 'data') {
      this.#handlers.handleData(frame.attachment, this.#lasting(frame.records))
    } else if (frame.kind === 'checkpoint') {
      const checkpoint = { ...frame.checkpoint, bytes: this.#lasting(frame.checkpoint.bytes) }
      this.#handlers.handleCheckpoint(frame.attachment, checkpoint)
    }
  }

  /** The copy that lets bytes outlive the call, where the channel reuses its buffer. (Not slice: that of Node's Buffer is a view.) */
  #lasting(bytes: Uint8Array): Uint8Array {
    return this.#framesStay ? bytes : new Uint8Array(bytes)
  }

  #handleMessage(message: Message): void {
    switch (message.kind) {
      case 'result':
        return this.#take(message.id)?.answer(message.result)
      case 'error':
        // Without an id it is about something of ours that could not even be read.
        if (message.id === null) throw message.error
        return this.#take(message.id)?.refuse(message.error)
      case 'notification':
        return this.#handleNotification(message.method, message.params)
      case 'request': {
        const unknown = new LimpetError('METHOD_NOT_FOUND', 'This end answers no requests.')
        this.#channel.sendText(encodeError(message.id, unknown))
      }
    }
  }

  #handleNotification(name: string, params: unknown): void {
    const method = notificationNamed(name)
    if (method === undefined) return
    const decoded = { method, params: decodeNotification(method, params) }
    this.#handlers.handleNotification(decoded as HostNotification) // the table ties both
  }

  #take(id: number | string): Pending | undefined {
    if (typeof id !== 'number') return undefined
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  /** Runs the handling of one frame; a frame that breaks the protocol ends the connection, nothing else. */
  #guard(handle: () => void): void {
    if (!this.#isOpen) return
    this.#heartbeat.heard()
    try {
      handle()
    } catch (fault) {
      this.fail(fault)
    }
  }

  #lose(error: LimpetError): void {
    if (!this.#isOpen) return
    this.#end(error)
    this.#channel.close(4400, 'protocol or silence') // the peer may never hear it
    this.#handlers.handleLost(error)
  }

  #handleClosed(error: LimpetError): void {
    this.#handleGone?.()
    if (!this.#isOpen) return
    this.#end(error)
    this.#handlers.handleLost(error)
  }

  #end(cause?: LimpetError): void {
    this.#isOpen = false
    this.#heartbeat.stop()
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const request of pending) request.refuse(lostBeforeAnswer(request.method, cause))
  }
}

function lostBeforeAnswer(method: MethodName, cause?: LimpetError): LimpetError {
  return new LimpetError(
    'CONNECTION_LOST',
    `The connection ended before the answer to ${method} came.`,
    { details: { method }, cause },
  )
}
