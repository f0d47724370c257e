// Owns the one way in: every request and every upgrade of the server goes through here before anything else
// sees it, Fastify included. Before: node:http; after: Fastify's router, or web-socket/.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { LimpetError } from '@limpet/protocol'
import type { Authorise, Verdict } from '../auth/index.ts'
import type { Logger } from '../log.ts'
import { answerOnSocket, errorAnswer } from './error-answer.ts'
import { securityHeaders } from './security-headers.ts'

export interface DoorOptions {
  readonly authorise: Authorise
  readonly log: Logger
}

export class Door {
  readonly #authorise: Authorise
  readonly #log: Logger
  readonly #verdicts = new WeakMap<IncomingMessage, Verdict>()

  constructor({ authorise, log }: DoorOptions) {
    this.#authorise = authorise
    this.#log = log
  }

  /** Lets a request in, or answers it. `serve` sees the path without the public URL's base. */
  async handleRequest(
    request: IncomingMessage,
    response: ServerResponse,
    serve: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<void> {
    try {
      const verdict = await this.#authorise(request, 'request')
      setHeaders(response, securityHeaders(verdict.ownOrigin))
      request.url = verdict.query === '' ? verdict.path : `${verdict.path}?${verdict.query}`
      this.#verdicts.set(request, verdict)
      serve(request, response)
    } catch (error) {
      this.#refuse(request, response, error)
    }
  }

  /** Lets an upgrade in, or answers it and hangs up. */
  async handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    accept: (verdict: Verdict) => void,
  ): Promise<void> {
    // A client that is gone before the answer: there is nobody to tell.
    socket.on('error', () => socket.destroy())
    try {
      const verdict = await this.#authorise(request, 'upgrade')
      if (!verdict.route) throw notHere()
      accept(verdict)
    } catch (error) {
      this.#note(request, error)
      answerOnSocket(socket, error, this.#log)
    }
  }

  /** @throws LimpetError INTERNAL for a request that never came through here: it is not served */
  verdictOn(request: IncomingMessage): Verdict {
    const verdict = this.#verdicts.get(request)
    if (verdict) return verdict
    throw new LimpetError('INTERNAL', 'A request reached a handler without being authorised.')
  }

  #refuse(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
    this.#note(request, thrown)
    const { status, headers, body } = errorAnswer(thrown, this.#log)
    setHeaders(response, securityHeaders(undefined))
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  #note({ socket }: IncomingMessage, thrown: unknown): void {
    const code = thrown instanceof LimpetError ? thrown.code : 'INTERNAL'
    this.#log.info({ code, address: socket.remoteAddress }, 'refused at the door')
  }
}

export function notHere(): LimpetError {
  return new LimpetError('METHOD_NOT_FOUND', 'There is nothing at this address.')
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}
