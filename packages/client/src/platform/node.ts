// Owns WebSockets in Node, by the `ws` library: the only file that sees it. The token goes into a header,
// and a refused handshake says why.

import type { IncomingMessage } from 'node:http'
import type { LookupFunction } from 'node:net'
import { lookup } from 'node:dns'
import { MAX_FRAME_BYTES, NATIVE_SUBPROTOCOL, type Channel } from '@limpet/protocol'
import { WebSocket, type ClientOptions } from 'ws'
import { CLOSE_DEADLINE_MS, DIAL_DEADLINE_MS, WebSocketChannel } from '../core/index.ts'
import type { Runtime } from '../core/index.ts'
import { otherProtocol, refusalOf, unreachable, type DialTarget } from './target.ts'

/** Of a refusal's body; a page longer than that is not the gateway's. */
const MAX_REFUSAL_BYTES = 64 * 1024

/** Options that `ws` hands on to `http.request`, or has had since 8.19, and its types do not name yet. */
interface SocketOptions extends ClientOptions {
  readonly closeTimeout: number
  readonly lookup: LookupFunction
}

/** @throws LimpetError why there is no connection */
export function dialWebSocket(target: DialTarget, runtime: Runtime): Promise<Channel> {
  const options: SocketOptions = {
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: DIAL_DEADLINE_MS,
    closeTimeout: CLOSE_DEADLINE_MS,
    lookup: lookupWithLocalhost,
    headers: target.token === undefined ? {} : { Authorization: `Bearer ${target.token}` },
  }
  const socket = new WebSocket(target.url, [NATIVE_SUBPROTOCOL], options)
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (request, response) => {
      void bodyOf(response).then((body) => {
        request.destroy()
        reject(refusalOf(target, response.statusCode ?? 0, body))
      })
    })
    socket.on('error', (error) => reject(unreachable(target, error)))
    socket.once('open', () => {
      if (socket.protocol === NATIVE_SUBPROTOCOL) {
        resolve(new WebSocketChannel(socket, runtime))
      } else {
        socket.close()
        reject(otherProtocol(target, socket.protocol))
      }
    })
  })
}

/** Reads what a refusal says, to its end or to the limit. */
async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    // Buffers, because no encoding is set.
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > MAX_REFUSAL_BYTES) break
      chunks.push(chunk)
    }
  } catch {
    // Cut off: the status says enough.
  }
  return Buffer.concat(chunks).toString()
}

/** Names under .localhost are this machine (RFC 6761), which not every resolver knows. */
function lookupWithLocalhost(...[host, options, callback]: Parameters<LookupFunction>): void {
  lookup(host.endsWith('.localhost') ? 'localhost' : host, options, callback)
}
