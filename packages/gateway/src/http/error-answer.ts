// Owns how an error leaves over HTTP: `{"error":{code, message, details}}` with the registry's status. Faults of
// ours show an id; what really happened is in the log under it, never in the answer.

import { randomBytes } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { LimpetError } from '@limpet/protocol'
import type { Logger } from '../log.ts'
import { securityHeaders } from './security-headers.ts'

export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function errorAnswer(thrown: unknown, log: Logger): ErrorAnswer {
  const error = publicError(thrown, log)
  const { code, message, details } = error
  const retryAfter = details['retryAfterSeconds']
  return {
    status: error.definition.http,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(typeof retryAfter === 'number' && { 'retry-after': String(retryAfter) }),
      ...(code === 'PROTOCOL_UNSUPPORTED' && { upgrade: 'websocket' }),
    },
    body: JSON.stringify({ error: { code, message, details } }),
  }
}

/** Answers on a bare socket: an upgrade that is refused, or bytes that are no request. Ends the connection. */
export function answerOnSocket(socket: Duplex, thrown: unknown, log: Logger): void {
  if (!socket.writable) return void socket.destroy()
  const { status, headers, body } = errorAnswer(thrown, log)
  const lines = Object.entries({
    ...securityHeaders(undefined),
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`)
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n')
  // A peer that never closes its side is cut off when the answer has left.
  socket.once('finish', () => socket.destroy())
  socket.end(head + body)
}

function publicError(thrown: unknown, log: Logger): LimpetError {
  if (thrown instanceof LimpetError && thrown.code !== 'INTERNAL') return thrown
  const known = fromFastify(thrown)
  if (known) return known
  const id = randomBytes(6).toString('hex')
  log.error({ id, err: thrown }, 'a request failed')
  return new LimpetError(
    'INTERNAL',
    `Something went wrong inside Limpet; the log has it as ${id}.`,
    {
      details: { id },
    },
  )
}

/** What Fastify refuses before a handler sees it. */
function fromFastify(thrown: unknown): LimpetError | undefined {
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined
  if (status === 413)
    return new LimpetError('FRAME_TOO_LARGE', 'The body is larger than the limit.')
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined
  return new LimpetError(
    'MESSAGE_MALFORMED',
    'The request is not JSON of the kind that is expected here.',
  )
}
