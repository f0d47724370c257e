// Owns the list of open WebSockets: how many there may be, that silent ones are dropped, that those whose login or
// share was taken back end, and that all are told when the gateway stops.

import { ERRORS, LimpetError } from '@limpet/protocol'
import { clientNetwork, type Grant, type GrantWatch } from '../auth/index.ts'
import { isLoopback } from '../config/index.ts'
import { CLOSE_DEADLINE_MS, GUEST_SOCKET_SHARE, PING_INTERVAL_MS } from '../limits.ts'
import type { WebSocketChannel } from './channel.ts'

export interface ConnectionsOptions {
  readonly grants: GrantWatch
  readonly webSockets: number
  readonly webSocketsPerAddress: number
  /** @default 15 000 ms */
  readonly pingIntervalMs?: number | undefined
}

/** Why it is over. */
const ENDED = { token: '', login: 'logged out', share: 'the share has ended' } as const

/** One WebSocket and who is behind it. */
interface Entry {
  readonly channel: WebSocketChannel
  readonly network: string
  readonly isGuest: boolean
}

/** Where a connection comes from, and what lets it in. */
export interface Arrival {
  /** Of the peer's socket. */
  readonly address: string
  readonly grant: Grant
}

export class Connections {
  readonly #options: ConnectionsOptions
  readonly #entries = new Set<Entry>()
  readonly #timer: NodeJS.Timeout
  #handleEmpty: (() => void) | undefined
  #isClosing = false

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#sweep(), options.pingIntervalMs ?? PING_INTERVAL_MS)
    this.#timer.unref()
  }

  /**
   * @throws LimpetError QUEUE_FULL when this address, all guests, or everybody, have as many as are allowed;
   *   HOST_UNREACHABLE while the gateway stops
   */
  requireRoom({ address, grant }: Arrival): void {
    if (this.#isClosing) throw new LimpetError('HOST_UNREACHABLE', 'This server is stopping.')
    const { webSockets, webSocketsPerAddress } = this.#options
    const network = clientNetwork(address)
    // Behind a proxy or SSH forwarding everybody comes from loopback: it is counted with all only.
    const limit = isLoopback(network) ? webSockets : webSocketsPerAddress
    const fromThere = [...this.#entries].filter((entry) => entry.network === network).length
    if (this.#entries.size >= webSockets || fromThere >= limit) throw tooMany(fromThere, limit)
    if (!isGuest(grant)) return
    const guests = [...this.#entries].filter((entry) => entry.isGuest).length
    const guestLimit = Math.max(1, Math.floor(webSockets * GUEST_SOCKET_SHARE))
    if (guests >= guestLimit) throw tooMany(guests, guestLimit)
  }

  /** @param who whose connection ends when the grant does @returns takes it off the list again */
  add(channel: WebSocketChannel, { address, grant }: Arrival): () => void {
    const entry = { channel, network: clientNetwork(address), isGuest: isGuest(grant) }
    this.#entries.add(entry)
    const unwatch = this.#options.grants.watch(grant, () => {
      channel.close(ERRORS.UNAUTHENTICATED.close, ENDED[grant.by])
    })
    return () => {
      unwatch()
      this.#entries.delete(entry)
      if (this.#entries.size === 0) this.#handleEmpty?.()
    }
  }

  /** Tells all and waits until they are gone; who does not answer is cut off. */
  async closeAll(code: number, reason: string): Promise<void> {
    this.#isClosing = true
    clearInterval(this.#timer)
    if (this.#entries.size === 0) return
    await new Promise<void>((resolve) => {
      const cutOff = setTimeout(() => {
        for (const { channel } of this.#entries) channel.terminate()
      }, CLOSE_DEADLINE_MS)
      this.#handleEmpty = () => {
        clearTimeout(cutOff)
        resolve()
      }
      for (const { channel } of this.#entries) channel.close(code, reason)
    })
  }

  #sweep(): void {
    for (const entry of this.#entries) {
      if (!entry.channel.checkAlive()) entry.channel.terminate()
    }
  }
}

function isGuest({ by }: Grant): boolean {
  return by === 'share'
}

function tooMany(connections: number, limit: number): LimpetError {
  return new LimpetError('QUEUE_FULL', `There are ${connections} connections already.`, {
    details: { connections, limit },
  })
}
