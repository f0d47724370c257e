// Owns a link spoken by hand: tests send what no client of ours would, and see every answer. Before: a test;
// after: a host's socket.

import { connect as connectSocket, type Socket } from 'node:net'
import { once } from 'node:events'
import { readHostFile, SocketChannel } from '@limpet/link'
import {
  decodeFrame,
  decodeMessage,
  decodeRecords,
  encodeInputFrame,
  attachmentId,
  inputSequence,
  factOf,
  loggedBytes,
  PROTOCOL_VERSION,
  RECORD_KIND,
  RIGHTS,
  type ChannelClosed,
  type Checkpoint,
  type ExitStatus,
  type LimpetError,
  type LogRecord,
  type Message,
  type MethodName,
  type MethodParams,
  type MethodResult,
  type Right,
} from '@limpet/protocol'
import { within } from './waits.ts'

export interface RawNotification {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

export interface RawInput {
  readonly attachment: number
  readonly sequence: number
  readonly bytes: string | Uint8Array
  readonly isAnswer?: boolean
  readonly isLast?: boolean
}

export class RawLink implements Disposable {
  readonly channel: SocketChannel
  readonly socket: Socket
  readonly notifications: RawNotification[] = []
  readonly records: { readonly attachment: number; readonly record: LogRecord }[] = []
  /** With how many records of that attachment came before each. */
  readonly checkpoints: {
    readonly attachment: number
    readonly checkpoint: Checkpoint
    readonly recordsBefore: number
  }[] = []
  readonly #watchers = new Set<() => void>()
  readonly #answers = new Map<number | string | null, Message>()
  #closed: ChannelClosed | undefined
  #nextId = 1

  constructor(socket: Socket) {
    this.socket = socket
    this.channel = new SocketChannel(socket)
    this.channel.setHandlers({
      handleText: (text) => this.#told(() => this.#handleText(text)),
      handleBinary: (frame) => this.#told(() => this.#handleBinary(frame)),
      handleClosed: (closed) => this.#told(() => (this.#closed = closed)),
    })
  }

  /** A socket to the host of this state directory, hello not yet said. */
  static async dial(stateDirectory: string): Promise<RawLink> {
    const file = await readHostFile(stateDirectory)
    if (file === undefined) throw new Error(`no host runs for ${stateDirectory}`)
    const socket = connectSocket({ path: file.socket, allowHalfOpen: true })
    await within('the connection to the host', once(socket, 'connect'))
    return new RawLink(socket)
  }

  /** Dials and says hello. */
  static async open(stateDirectory: string, rights: readonly Right[] = RIGHTS): Promise<RawLink> {
    const link = await RawLink.dial(stateDirectory)
    await link.request('link.hello', {
      protocol: PROTOCOL_VERSION,
      build: 'test',
      principal: 'test',
      rights,
    })
    return link
  }

  /** @throws LimpetError what the host refused it with */
  async request<M extends MethodName>(
    method: M,
    params: MethodParams<M>,
  ): Promise<MethodResult<M>> {
    const answer = await this.ask(method, params)
    if (answer.kind === 'error') throw answer.error
    // A test that gets something else than the table promises fails at its own expectation.
    return (answer as { result: unknown }).result as MethodResult<M>
  }

  /** Sends any request, however wrong, and gives the answer, whatever it is. */
  async ask(method: string, params: unknown): Promise<Message> {
    const id = this.#nextId
    this.#nextId += 1
    this.channel.sendText(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return this.answerTo(id)
  }

  /** @returns the error that a request is refused with */
  async refusal(method: string, params: unknown): Promise<LimpetError> {
    const answer = await this.ask(method, params)
    if (answer.kind !== 'error')
      throw new Error(`${method} was not refused: ${JSON.stringify(answer)}`)
    return answer.error
  }

  async answerTo(id: number | string | null): Promise<Message> {
    const answer = await this.until(`an answer to ${id}`, () => this.#answers.get(id))
    this.#answers.delete(id)
    return answer
  }

  /** Looks now and after everything that arrives: nothing is measured in steps of a poll. */
  async until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    let watcher: (() => void) | undefined
    const found = new Promise<T>((resolve) => {
      watcher = () => {
        const value = look()
        if (value !== undefined && value !== false) resolve(value)
      }
      this.#watchers.add(watcher)
      watcher()
    })
    try {
      return await within(what, found, { transcript: () => this.#transcript() })
    } finally {
      if (watcher) this.#watchers.delete(watcher)
    }
  }

  input(frame: RawInput): void {
    this.channel.sendBinary(
      encodeInputFrame({
        attachment: attachmentId(frame.attachment),
        sequence: inputSequence(frame.sequence),
        bytes: typeof frame.bytes === 'string' ? Buffer.from(frame.bytes) : frame.bytes,
        isAnswer: frame.isAnswer ?? false,
        isLast: frame.isLast ?? false,
      }),
    )
  }

  acknowledge(attachment: number, offset: number): void {
    const params = { attachment, offset }
    this.channel.sendText(JSON.stringify({ jsonrpc: '2.0', method: 'session.acknowledge', params }))
  }

  /** The first notification of this method that is accepted; earlier ones count too. */
  notified(
    method: string,
    accept: (params: Readonly<Record<string, unknown>>) => boolean = () => true,
  ): Promise<RawNotification> {
    return this.until(`the notification ${method}`, () =>
      this.notifications.find((one) => one.method === method && accept(one.params)),
    )
  }

  recordsOf(attachment: number): LogRecord[] {
    return this.records.filter((one) => one.attachment === attachment).map(({ record }) => record)
  }

  /** The newest checkpoint of an attachment. */
  checkpointOf(attachment: number): Checkpoint | undefined {
    return this.checkpoints.findLast((one) => one.attachment === attachment)?.checkpoint
  }

  /** All output so far, stdout and stderr as they came. */
  outputOf(attachment: number): string {
    const output = this.recordsOf(attachment).filter(
      ({ kind }) => kind === RECORD_KIND.stdout || kind === RECORD_KIND.stderr,
    )
    return Buffer.concat(output.map(({ payload }) => payload)).toString()
  }

  /** Offset behind the last record that came: what there is to acknowledge. */
  endOf(attachment: number): number {
    const last = this.recordsOf(attachment).at(-1)
    return last === undefined ? 0 : last.offset + loggedBytes(last)
  }

  /** The exit record of an attachment, once it comes. */
  async exitOf(attachment: number): Promise<ExitStatus> {
    const record = await this.until(`the exit record of attachment ${attachment}`, () =>
      this.recordsOf(attachment).find(({ kind }) => kind === RECORD_KIND.exit),
    )
    const fact = factOf(record)
    if (fact.type !== 'exit') throw new Error('the exit record says no exit')
    return fact.exit
  }

  get closed(): Promise<ChannelClosed> {
    return this.until('the end of the link', () => this.#closed)
  }

  [Symbol.dispose](): void {
    this.channel.close()
    this.socket.destroy()
  }

  #transcript(): string {
    const answers = [...this.#answers.values()]
    return JSON.stringify({ answers, notifications: this.notifications, closed: this.#closed })
  }

  #told(handle: () => void): void {
    handle()
    for (const watcher of this.#watchers) watcher()
  }

  #handleText(text: string): void {
    const message = decodeMessage(text)
    if (message.kind === 'notification') {
      // Parameters are objects in this protocol; whoever looks into them sees what is there.
      const params = message.params as RawNotification['params']
      this.notifications.push({ method: message.method, params })
    } else if (message.kind !== 'request') this.#answers.set(message.id, message)
  }

  #handleBinary(bytes: Uint8Array): void {
    const frame = decodeFrame(new Uint8Array(bytes)) // a copy: the frame is only lent; records stay
    if (frame.kind === 'checkpoint') {
      const { attachment, checkpoint } = frame
      const recordsBefore = this.recordsOf(attachment).length
      this.checkpoints.push({ attachment, checkpoint, recordsBefore })
    }
    if (frame.kind !== 'data') return
    for (const record of decodeRecords(frame.records).records) {
      this.records.push({ attachment: frame.attachment, record })
    }
  }
}
