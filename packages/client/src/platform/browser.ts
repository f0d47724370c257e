// Owns WebSockets in browsers: login by cookie, or by a token beside the subprotocol. A browser hides why a
// handshake was refused, so the gateway is asked once more, plainly.

import { NATIVE_SUBPROTOCOL, type Channel, type LimpetError } from '@limpet/protocol'
import { DIAL_DEADLINE_MS, WebSocketChannel } from '../core/index.ts'
import type { Runtime } from '../core/index.ts'
import { httpUrlOf, otherProtocol, refusalOf, unreachable, type DialTarget } from './target.ts'

/** @throws LimpetError why there is no connection */
export async function dialWebSocket(target: DialTarget, runtime: Runtime): Promise<Channel> {
  const { url, token } = target
  const protocols = [NATIVE_SUBPROTOCOL, ...(token === undefined ? [] : [`bearer.${token}`])]
  const socket = new WebSocket(url, protocols)
  socket.binaryType = 'arraybuffer'
  if (!(await hasOpened(socket))) throw await reasonOfFailure(target)
  if (socket.protocol === NATIVE_SUBPROTOCOL) return new WebSocketChannel(socket, runtime)
  socket.close()
  throw otherProtocol(target, socket.protocol)
}

/** A socket that fails to open closes; one that does neither in time is closed here. */
function hasOpened(socket: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => socket.close(), DIAL_DEADLINE_MS)
    const settle = (isOpen: boolean): void => {
      clearTimeout(giveUp)
      resolve(isOpen)
    }
    socket.addEventListener('open', () => settle(true))
    socket.addEventListener('close', () => settle(false))
  })
}

/** Never rejects: not even the question may get through. */
async function reasonOfFailure(target: DialTarget): Promise<LimpetError> {
  const headers = target.token === undefined ? {} : { Authorization: `Bearer ${target.token}` }
  try {
    const response = await fetch(httpUrlOf(target), {
      headers,
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'manual',
      signal: AbortSignal.timeout(DIAL_DEADLINE_MS),
    })
    const error = refusalOf(target, response.status, await response.text())
    // 426 is what a gateway says to a plain request that it would have let in: the socket alone failed.
    if (response.status === 426) return unreachable(target, undefined)
    return error
  } catch (cause) {
    return unreachable(target, cause)
  }
}
