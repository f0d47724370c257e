// Owns one WebSocket that says exactly what a test wants said, however wrong, and remembers what came back.
import { once } from 'node:events'
import {
  decodeFrame,
  decodeRecords,
  loggedBytes,
  RECORD_KIND,
  type LogRecord,
} from '@limpet/protocol'
import { waitFor, within } from '@limpet/testkit'
import type { RawData, WebSocket } from 'ws'

/** A JSON-RPC message as it came. */
export interface RawMessage {
  readonly id?: number | string | null
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: {
    readonly code: number
    readonly message: string
    readonly data: { readonly code: string }
  }
}

export class RawClient implements Disposable {
  readonly socket: WebSocket
  readonly messages: RawMessage[] = []
  readonly records: { readonly attachment: number; readonly record: LogRecord }[] = []
  /** False: acknowledges nothing. */
  isAcknowledging = true
  #nextId = 1
  #closed: { readonly code: number; readonly reason: string } | undefined

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: RawData, isBinary) => {
      if (isBinary) this.#handleFrame(data as Buffer)
      else this.messages.push(JSON.parse((data as Buffer).toString()) as RawMessage)
    })
    socket.on('close', (code, reason) => (this.#closed = { code, reason: reason.toString() }))
    socket.on('error', () => {}) // 'close' tells
  }

  /** Sends a request and gives its answer, whatever it is. */
  async ask(
    method: string,
    params: unknown = {},
    id: number | string = this.#nextId++,
  ): Promise<RawMessage> {
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return this.message(`an answer to ${method}`, (message) => message.id === id)
  }

  /** @returns the code of the registry that it is refused with */
  async refusal(method: string, params: unknown = {}): Promise<string> {
    const { error } = await this.ask(method, params)
    return error?.data.code ?? 'not refused'
  }

  message(what: string, isIt: (message: RawMessage) => boolean): Promise<RawMessage> {
    const look = (): RawMessage | undefined => this.messages.find(isIt)
    return waitFor(what, look, { transcript: () => JSON.stringify(this.messages) })
  }

  /** All output of an attachment so far. */
  outputOf(attachment: number): string {
    const output = this.records.filter(
      ({ attachment: of, record: { kind } }) =>
        of === attachment && (kind === RECORD_KIND.stdout || kind === RECORD_KIND.stderr),
    )
    return Buffer.concat(output.map(({ record }) => record.payload)).toString()
  }

  async closed(): Promise<{ readonly code: number; readonly reason: string }> {
    if (!this.#closed) await within('the end of the connection', once(this.socket, 'close'))
    if (!this.#closed) throw new Error('closed without a code')
    return this.#closed
  }

  [Symbol.dispose](): void {
    this.socket.terminate()
  }

  #handleFrame(bytes: Buffer): void {
    const frame = decodeFrame(bytes)
    if (frame.kind !== 'data') return
    const { attachment } = frame
    for (const record of decodeRecords(frame.records).records) {
      this.records.push({ attachment, record })
      if (!this.isAcknowledging) continue
      const params = { attachment, offset: record.offset + loggedBytes(record) }
      this.socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'session.acknowledge', params }))
    }
  }
}
