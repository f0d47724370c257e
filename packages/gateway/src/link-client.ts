// Owns the gateway's own questions to a host, over a link that nobody else speaks on meanwhile. Before: a link whose
// hello is done; after: whoever asked. Frames of attachments go to one handler, as they come.

import {
  decodeMessage,
  decodeResult,
  encodeRequest,
  LimpetError,
  type Channel,
  type ChannelClosed,
  type MethodName,
  type MethodParams,
  type MethodResult,
} from '@limpet/protocol'
import { LINK_REQUEST_DEADLINE_MS } from './limits.ts'

export interface LinkClientHandlers {
  /** `frame` is valid only during the call. */
  readonly handleBinary?: (frame: Uint8Array) => void
  readonly handleClosed?: (closed: ChannelClosed) => void
}

interface Pending {
  readonly method: MethodName
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  readonly deadline: NodeJS.Timeout | undefined
}

export class LinkClient {
  readonly channel: Channel
  readonly #pending = new Map<number, Pending>()
  #nextId = 1

  constructor(channel: Channel, handlers: LinkClientHandlers = {}) {
    this.channel = channel
    channel.setHandlers({
      handleText: (text) => this.#handleText(text),
      handleBinary: (frame) => handlers.handleBinary?.(frame),
      handleClosed: (closed) => {
        this.#refuseAll()
        handlers.handleClosed?.(closed)
      },
    })
  }

  /**
   * @param deadlineMs 0: none @default LINK_REQUEST_DEADLINE_MS
   * @throws LimpetError what the host refused it with; HOST_UNREACHABLE
   */
  request<M extends MethodName>(
    method: M,
    params: MethodParams<M>,
    deadlineMs: number = LINK_REQUEST_DEADLINE_MS,
  ): Promise<MethodResult<M>> {
    const id = this.#nextId++
    return new Promise<unknown>((resolve, reject) => {
      const deadline = deadlineMs === 0 ? undefined : setTimeout(() => this.#expire(id), deadlineMs)
      this.#pending.set(id, { method, resolve, reject, deadline })
      this.channel.sendText(encodeRequest(id, method, params))
    }).then((result) => decodeResult(method, result))
  }

  close(): void {
    this.channel.close()
  }

  #handleText(text: string): void {
    const message = decodeMessage(text)
    if (message.kind !== 'result' && message.kind !== 'error') return
    if (typeof message.id !== 'number') return
    const pending = this.#take(message.id)
    if (message.kind === 'result') pending?.resolve(message.result)
    else pending?.reject(message.error)
  }

  #expire(id: number): void {
    const pending = this.#take(id)
    pending?.reject(silent(pending.method))
  }

  #refuseAll(): void {
    for (const id of [...this.#pending.keys()]) {
      const pending = this.#take(id)
      pending?.reject(new LimpetError('HOST_UNREACHABLE', 'The host has closed the link.'))
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    clearTimeout(pending?.deadline)
    return pending
  }
}

function silent(method: MethodName): LimpetError {
  return new LimpetError(
    'HOST_UNREACHABLE',
    `The host did not answer ${method} within ${LINK_REQUEST_DEADLINE_MS} ms.`,
  )
}
