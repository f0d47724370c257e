// Owns the WebSocket handshake of an upgrade that was let in. Before: http/door.ts; after: a dialect.

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { LimpetError, MAX_FRAME_BYTES } from '@limpet/protocol'
import { WebSocketServer, type ServerOptions } from 'ws'
import { offeredSubprotocols, type Verdict } from '../auth/index.ts'
import { CLOSE_DEADLINE_MS, MAX_MESSAGE_FRAGMENTS } from '../limits.ts'
import type { Logger } from '../log.ts'
import { WebSocketChannel } from './channel.ts'
import type { Connections } from './connections.ts'
import { chooseDialect, type Dialect } from './dialect.ts'
import { FramePool } from './frame-pool.ts'

export interface AcceptorOptions {
  readonly dialects: readonly Dialect[]
  readonly connections: Connections
  /** Answers an upgrade that cannot be a WebSocket, and hangs up. */
  readonly refuse: (socket: Duplex, error: LimpetError) => void
  readonly log: Logger
}

/** An option that ws has had since 8.19, and its types do not name yet. */
interface TimedServerOptions extends ServerOptions {
  readonly closeTimeout: number
}

export class Acceptor {
  readonly #options: AcceptorOptions
  readonly #server: WebSocketServer
  readonly #pool = new FramePool()

  constructor(options: AcceptorOptions) {
    this.#options = options
    const serverOptions: TimedServerOptions = {
      noServer: true,
      clientTracking: false,
      maxPayload: MAX_FRAME_BYTES,
      maxFragments: MAX_MESSAGE_FRAGMENTS,
      // Compressed terminal output next to typed secrets tells their length; and it costs 300 kB a connection.
      perMessageDeflate: false,
      closeTimeout: CLOSE_DEADLINE_MS,
      handleProtocols: (_names, request) =>
        chooseDialect(options.dialects, offeredSubprotocols(request)).subprotocol ?? false,
    }
    this.#server = new WebSocketServer(serverOptions)
    this.#server.on('wsClientError', (cause, socket) => {
      options.refuse(
        socket,
        new LimpetError('MESSAGE_MALFORMED', 'That is no WebSocket handshake.', { cause }),
      )
    })
  }

  /** @throws LimpetError when it is refused; nothing was answered then */
  accept(
    upgrade: { request: IncomingMessage; socket: Duplex; head: Buffer },
    verdict: Verdict,
  ): void {
    const { request, socket, head } = upgrade
    const { connections, dialects, log } = this.#options
    const { principal, grant } = verdict
    if (!principal || !grant) throw new LimpetError('UNAUTHENTICATED', 'Log in first.')
    const address = request.socket.remoteAddress ?? ''
    const arrival = { address, grant }
    connections.requireRoom(arrival)
    const { dialect } = chooseDialect(dialects, offeredSubprotocols(request))
    const converse = dialect.prepare(new URLSearchParams(verdict.query))
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const channel = new WebSocketChannel(webSocket, socket, this.#pool)
      const remove = connections.add(channel, arrival)
      log.info({ dialect: dialect.subprotocol, address }, 'connected')
      webSocket.once('close', (code) => {
        remove()
        log.info({ dialect: dialect.subprotocol, address, code }, 'disconnected')
      })
      converse(channel, principal)
    })
  }
}
