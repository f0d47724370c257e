// Owns one link: decodes what comes, checks the right, hands requests to their handlers, input to the
// sessions. Before: a gateway or the command line; after: the session room. A fault of the peer ends that
// message, then that link, never the host.

import {
  decodeFrame,
  decodeMessage,
  decodeNotification,
  decodeParams,
  encodeError,
  encodeNotification,
  encodeResult,
  LimpetError,
  MAX_NAME_LENGTH,
  methodNamed,
  METHODS,
  notificationNamed,
  toLimpetError,
  type AttachmentId,
  type Channel,
  type ChannelClosed,
  type InputFrame,
  type Message,
  type MethodName,
  type MethodParams,
  type NotificationName,
  type NotificationParams,
  type RequestId,
  type Right,
  type SessionId,
} from '@limpet/protocol'
import type { Logger } from '../base/logger.ts'
import type { Session } from '../session/index.ts'
import { IdRanges } from './id-ranges.ts'
import {
  BROKEN_WINDOW_MS,
  HELLO_WAIT_MS,
  MAX_BROKEN_MESSAGES,
  MAX_CONTROL_BUFFER_BYTES,
} from './limits.ts'
import type { Link, Viewing } from './link.ts'
import { isHostMethod, type Requests } from './requests.ts'
import { isInScope, requireInScope } from './scope.ts'

export interface LinkConnectionOptions {
  readonly channel: Channel
  readonly requests: Requests
  readonly logger: Logger
  readonly handleClosed: (link: LinkConnection) => void
}

export class LinkConnection implements Link {
  readonly #channel: Channel
  readonly #options: LinkConnectionOptions
  readonly #viewings = new Map<AttachmentId, Viewing>()
  readonly #usedIds = new IdRanges()
  readonly #brokenAt: number[] = []
  #hello: MethodParams<'link.hello'> | undefined
  #rights: ReadonlySet<Right> | undefined
  #isClosed = false
  readonly #helloTimer: NodeJS.Timeout
  readonly ownedSessions: Set<Session> = new Set()

  constructor(options: LinkConnectionOptions) {
    this.#options = options
    this.#channel = options.channel
    this.#helloTimer = setTimeout(
      () => this.#channel.close(4400, `No hello came within ${HELLO_WAIT_MS} ms.`),
      HELLO_WAIT_MS,
    ).unref()
    this.#channel.setHandlers({
      handleText: (text) => void this.#handleText(text),
      handleBinary: (bytes) => this.#handleBinary(bytes),
      handleDrained: () => this.#handleDrained(),
      handleClosed: (closed) => this.#handleClosed(closed),
    })
  }

  get principal(): string {
    return this.#hello?.principal ?? ''
  }

  get name(): string {
    return this.#hello?.name ?? this.principal.slice(0, MAX_NAME_LENGTH)
  }

  get scope(): SessionId | undefined {
    return this.#hello?.session
  }

  get canType(): boolean {
    return this.#rights?.has('type') === true
  }

  get canView(): boolean {
    return this.#rights?.has('view') === true
  }

  get bufferedBytes(): number {
    return this.#channel.bufferedBytes
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  sendBinary(...parts: readonly Uint8Array[]): boolean {
    return this.#channel.sendBinary(...parts)
  }

  notify<N extends NotificationName>(method: N, params: NotificationParams<N>): void {
    if (isInScope(this.scope, method, params)) this.#sendText(encodeNotification(method, params))
  }

  admit(hello: MethodParams<'link.hello'>): void {
    clearTimeout(this.#helloTimer)
    this.#hello = hello
    this.#rights = new Set(hello.rights)
  }

  get isAdmitted(): boolean {
    return this.#rights !== undefined
  }

  reserveAttachment(id: AttachmentId): void {
    this.#usedIds.add(id)
  }

  addViewing(viewing: Viewing): void {
    this.#viewings.set(viewing.attachment.id, viewing)
  }

  requireViewing(id: AttachmentId): Viewing {
    const viewing = this.#viewings.get(id)
    if (viewing) return viewing
    throw new LimpetError(
      'ATTACHMENT_NOT_FOUND',
      `There is no attachment ${id} on this connection.`,
      {
        details: { attachment: id },
      },
    )
  }

  removeViewing(id: AttachmentId, { isLost }: { readonly isLost: boolean }): void {
    const viewing = this.#viewings.get(id)
    this.#viewings.delete(id)
    viewing?.session.viewers.detach(viewing.attachment, isLost)
  }

  expel(id: AttachmentId, reason: 'superseded' | 'removed'): void {
    this.notify('session.detached', { attachment: id, reason })
    this.removeViewing(id, { isLost: true })
  }

  close(code: number, reason: string): void {
    this.#channel.close(code, reason)
  }

  async #handleText(text: string): Promise<void> {
    let message: Message
    try {
      message = decodeMessage(text)
    } catch (error) {
      this.#handleBroken(toLimpetError(error), null)
      return
    }
    if (message.kind === 'request')
      await this.#handleRequest(message.id, message.method, message.params)
    else if (message.kind === 'notification')
      this.#handleNotification(message.method, message.params)
    // Answers are for requests, and the host makes none.
  }

  async #handleRequest(id: RequestId, name: string, params: unknown): Promise<void> {
    try {
      const method = methodNamed(name)
      this.#requireRight(method)
      await this.#answer(id, method, decodeParams(method, params))
    } catch (thrown) {
      const error = toLimpetError(thrown)
      if (error.code === 'INTERNAL')
        this.#options.logger.fault('request.failed', thrown, { method: name })
      this.#sendText(encodeError(id, error))
      if (!this.isAdmitted) this.#channel.close(error.definition.close ?? 4403, error.message)
    }
  }

  async #answer<M extends MethodName>(
    id: RequestId,
    method: M,
    params: MethodParams<M>,
  ): Promise<void> {
    if (isHostMethod(method)) requireInScope(this.scope, method, params)
    const handled = this.#options.requests.handle(this, method, params)
    // No needless turn in between: another frame of the same read might change what the answer says [CTRL-8].
    const answer = handled instanceof Promise ? await handled : handled
    this.#sendText(encodeResult(id, method, answer.result))
    // What the answer announces, such as an attachment's first frame, comes after it.
    answer.afterwards?.()
  }

  #requireRight(method: MethodName): void {
    if (method === 'link.hello') {
      if (this.isAdmitted)
        throw new LimpetError('MESSAGE_MALFORMED', 'The hello came a second time.')
      return
    }
    if (!this.#rights)
      throw new LimpetError('MESSAGE_MALFORMED', 'The first message must be link.hello.')
    const { right, servedBy } = METHODS[method]
    if (servedBy === 'gateway') {
      throw new LimpetError(
        'METHOD_NOT_FOUND',
        `${method} is answered by a gateway, not by a host.`,
      )
    }
    if (right === 'none' || this.#rights.has(right)) return
    throw new LimpetError('FORBIDDEN', `${method} needs the right to ${right}.`, {
      details: { method, right },
    })
  }

  #handleNotification(name: string, params: unknown): void {
    if (notificationNamed(name) !== 'session.acknowledge' || !this.isAdmitted) return
    try {
      const { attachment: id, offset } = decodeNotification('session.acknowledge', params)
      // The attachment may have ended while the acknowledgement was on its way.
      const viewing = this.#viewings.get(id)
      if (viewing === undefined || viewing.session.viewers.acknowledge(viewing.attachment, offset))
        return
      throw new LimpetError(
        'OFFSET_OUT_OF_RANGE',
        `Offset ${offset} was acknowledged before it was sent.`,
        {
          details: { attachment: id, offset, sent: viewing.attachment.sent },
        },
      )
    } catch (error) {
      this.#handleBroken(toLimpetError(error), null)
    }
  }

  #handleBinary(bytes: Uint8Array): void {
    try {
      const frame = decodeFrame(bytes)
      if (frame.kind === 'input' && this.isAdmitted) this.#handleInput(frame)
    } catch (error) {
      this.#handleBroken(toLimpetError(error), null)
    }
  }

  #handleInput(frame: InputFrame): void {
    // Frames with unknown ids are dropped: their attachment may just have ended.
    const viewing = this.#viewings.get(frame.attachment)
    if (viewing === undefined) return
    try {
      if (!this.canType) throw new LimpetError('FORBIDDEN', 'Input needs the right to type.')
      viewing.session.write(viewing.attachment, frame)
    } catch (thrown) {
      const { code, message } = toLimpetError(thrown)
      if (code === 'INTERNAL') this.#options.logger.fault('input.failed', thrown)
      const { attachment, sequence } = frame
      this.notify('input.refused', { attachment, sequence, code, message })
    }
  }

  #handleDrained(): void {
    const viewings = [...this.#viewings]
    for (const [, { session, attachment }] of viewings) session.viewers.pump(attachment)
    // Another one is the first next time: a flood would fill the socket again before anyone else [FLOW-2].
    const [first] = viewings
    if (first && this.#viewings.delete(first[0])) this.#viewings.set(...first)
  }

  #handleBroken(error: LimpetError, id: RequestId | null): void {
    this.#sendText(encodeError(id, error))
    const now = performance.now()
    this.#brokenAt.push(now)
    const oldest = this.#brokenAt.at(-MAX_BROKEN_MESSAGES)
    if (!this.isAdmitted || (oldest !== undefined && now - oldest < BROKEN_WINDOW_MS)) {
      this.#channel.close(4400, error.message)
    }
    if (this.#brokenAt.length >= MAX_BROKEN_MESSAGES) this.#brokenAt.shift()
  }

  #sendText(text: string): void {
    this.#channel.sendText(text)
    if (this.#channel.bufferedBytes < MAX_CONTROL_BUFFER_BYTES) return
    this.#channel.close(1008, 'More answers wait than the limit allows.')
  }

  #handleClosed(closed: ChannelClosed): void {
    this.#isClosed = true
    clearTimeout(this.#helloTimer)
    this.#options.logger.log('link.closed', { code: closed.code, reason: closed.reason })
    for (const id of this.#viewings.keys()) this.removeViewing(id, { isLost: true })
    this.#options.handleClosed(this)
  }
}
