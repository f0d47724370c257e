// Owns the list of open WebSockets: how many there may be, that silent ones are dropped, that those of a revoked
// login end, and that all are told when the gateway stops.

import { ERRORS, LimpetError } from '@limpet/protocol'
import { clientNetwork, type Logins } from '../auth/index.ts'
import { isLoopback } from '../config/index.ts'
import { CLOSE_DEADLINE_MS, PING_INTERVAL_MS } from '../limits.ts'
import type { WebSocketChannel } from './channel.ts'

export interface ConnectionsOptions {
  readonly logins: Logins
  readonly webSockets: number
  readonly webSocketsPerAddress: number
  /** @default 15 000 ms */
  readonly pingIntervalMs?: number | undefined
}

/** One WebSocket and who is behind it. */
interface Entry {
  readonly channel: WebSocketChannel
  readonly network: string
  readonly loginHash: string | undefined
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
   * @throws LimpetError QUEUE_FULL when this address, or everybody, has as many as are allowed;
   *   HOST_UNREACHABLE while the gateway stops
   */
  requireRoom(address: string): void {
    if (this.#isClosing) throw new LimpetError('HOST_UNREACHABLE', 'This server is stopping.')
    const { webSockets, webSocketsPerAddress } = this.#options
    const network = clientNetwork(address)
    // Behind a proxy or SSH forwarding everybody comes from loopback: it is counted with all only.
    const limit = isLoopback(network) ? webSockets : webSocketsPerAddress
    const fromThere = [...this.#entries].filter((entry) => entry.network === network).length
    if (this.#entries.size < webSockets && fromThere < limit) return
    throw new LimpetError('QUEUE_FULL', `There are ${fromThere} connections already.`, {
      details: { connections: fromThere, limit },
    })
  }

  add(
    channel: WebSocketChannel,
    who: { address: string; loginHash: string | undefined },
  ): () => void {
    const entry = {
      channel,
      network: clientNetwork(who.address),
      loginHash: who.loginHash,
    }
    this.#entries.add(entry)
    return () => {
      this.#entries.delete(entry)
      if (this.#entries.size === 0) this.#handleEmpty?.()
    }
  }

  closeLogin(hash: string): void {
    for (const { channel, loginHash } of this.#entries) {
      if (loginHash === hash) channel.close(ERRORS.UNAUTHENTICATED.close, 'logged out')
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
      else if (entry.loginHash !== undefined) void this.#checkLogin(entry, entry.loginHash)
    }
  }

  /** Another gateway may have revoked it. */
  async #checkLogin({ channel }: Entry, hash: string): Promise<void> {
    try {
      if (!(await this.#options.logins.named(hash)))
        channel.close(ERRORS.UNAUTHENTICATED.close, 'logged out')
    } catch {
      // The file cannot be read just now: nothing is known against this login, and the next round asks again.
    }
  }
}
