// Owns the native dialect of one connection: frames pass between client and host unchanged, except for the few
// methods that the gateway serves itself or keeps from clients.
// Before: a client's WebSocket; after: its link to the host. Who is slow pauses the other: a client that does
// not read stops the link, a host that does not read stops the client, and nothing piles up here.

import {
  decodeMessage,
  encodeError,
  encodeNotification,
  ERRORS,
  LimpetError,
  methodNamed,
  METHODS,
  notificationNamed,
  NOTIFICATIONS,
  toLimpetError,
  type Channel,
  type ChannelClosed,
  type Message,
  type RequestId,
} from '@limpet/protocol'
import { MALFORMED_ALLOWED, MALFORMED_WINDOW_MS } from '../../limits.ts'
import type { Clock } from '../../clock.ts'
import type { HostState } from '../../host-heartbeat.ts'
import type { ServedMethods } from './served-methods.ts'

/** "Service restart": clients connect again. What a vanished host looks like from outside. */
const HOST_GONE = 1012

/** "Vanished": no peer may send this code, so it is translated. */
const VANISHED = 1006

export interface RelayOptions {
  readonly client: Channel
  readonly host: Channel
  readonly served: ServedMethods
  readonly clock: Clock
  /** Calls the listener when the host falls silent or answers again. @returns ends that */
  readonly onHostState: (listener: (state: HostState) => void) => () => void
}

export class Relay {
  readonly #options: RelayOptions
  /** Steady times of the newest malformed messages, oldest first. */
  #malformedAtMs: readonly number[] = []

  constructor(options: RelayOptions) {
    this.#options = options
  }

  start(): void {
    const { client, host, onHostState } = this.#options
    const endListening = onHostState((state) => {
      client.sendText(encodeNotification('host.changed', { state }))
    })
    // The host first: it says nothing before it is asked, and what the client asks must have an answer.
    host.setHandlers({
      handleText: (text) => passOn(client.sendText(text), host),
      handleBinary: (frame) => passOn(client.sendBinary(frame), host),
      handleDrained: () => client.resume(),
      handleClosed: ({ code, reason }: ChannelClosed) =>
        client.close(code === VANISHED || code === 1000 ? HOST_GONE : code, reason),
    })
    client.setHandlers({
      handleText: (text) => this.#handleText(text),
      // ws gives each message in memory of its own, which nobody writes to again: it may wait in the link's queue.
      handleBinary: (frame) => passOn(host.sendBinary(frame), client),
      handleDrained: () => host.resume(),
      handleClosed: () => {
        endListening()
        host.close()
      },
    })
  }

  #handleText(text: string): void {
    let message
    try {
      message = decodeMessage(text)
    } catch (error) {
      return this.#handleMalformed(toLimpetError(error))
    }
    if (message.kind === 'request') this.#handleRequest(message, text)
    // Only the facts that clients may state; those of the host, and answers to nothing, go nowhere.
    if (message.kind === 'notification' && isFromClient(message.method)) this.#sendToHost(text)
  }

  #handleRequest(
    { id, method, params }: Extract<Message, { kind: 'request' }>,
    text: string,
  ): void {
    try {
      const name = methodNamed(method)
      const served = this.#options.served.serve(id, name, params)
      if (served?.to === 'client') void this.#answer(id, served.text)
      else if (served) this.#sendToHost(served.text)
      else if (METHODS[name].servedBy === 'host') this.#sendToHost(text)
      else throw notForClients(method)
    } catch (error) {
      this.#refuse(id, toLimpetError(error))
    }
  }

  /** What is known at once is answered at once, in the order of the questions. */
  async #answer(id: RequestId, text: string | Promise<string>): Promise<void> {
    try {
      this.#options.client.sendText(typeof text === 'string' ? text : await text)
    } catch (error) {
      this.#refuse(id, toLimpetError(error))
    }
  }

  /** @throws LimpetError FRAME_TOO_LARGE when a plan has grown beyond a frame */
  #sendToHost(text: string): void {
    const { client, host } = this.#options
    passOn(host.sendText(text), client)
  }

  #handleMalformed(error: LimpetError): void {
    const { client, clock } = this.#options
    this.#refuse(null, error)
    const now = clock.steadyMs()
    this.#malformedAtMs = [
      ...this.#malformedAtMs.filter((atMs) => now - atMs < MALFORMED_WINDOW_MS),
      now,
    ]
    if (this.#malformedAtMs.length > MALFORMED_ALLOWED) {
      client.close(ERRORS.MESSAGE_MALFORMED.close, 'too many malformed messages')
    }
  }

  #refuse(id: RequestId | null, error: LimpetError): void {
    this.#options.client.sendText(encodeError(id, error))
  }
}

function passOn(isFlowing: boolean, source: Channel): void {
  if (!isFlowing) source.pause()
}

function isFromClient(method: string): boolean {
  const name = notificationNamed(method)
  return name !== undefined && NOTIFICATIONS[name].from === 'client'
}

function notForClients(method: string): LimpetError {
  return new LimpetError(
    'METHOD_NOT_FOUND',
    `The method ${method} is for gateways and the command line. Programs are started by program.start.`,
    { details: { method } },
  )
}
