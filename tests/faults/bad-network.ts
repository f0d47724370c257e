// Owns a network between client and gateway that does all that networks do: bytes one by one, delays, half-closed
// connections, resets. What it does when is decided by a seed. Must not know what travels in it.

import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { SeededRandom } from '@limpet/testkit'

/** Whole chunks beyond these bytes of each direction: one by one, 300 MB would take a day. */
const SINGLE_BYTES = 3000

/** At most so much of a delay. */
const MOST_DELAY_MS = 30

export interface BadNetworkCounts {
  connections: number
  resets: number
  halfCloses: number
  singleBytes: number
}

export class BadNetwork implements AsyncDisposable {
  readonly counts: BadNetworkCounts = { connections: 0, resets: 0, halfCloses: 0, singleBytes: 0 }
  readonly #server: Server
  readonly #random: SeededRandom
  readonly #pairs = new Set<readonly [Socket, Socket]>()

  constructor(target: URL, random: SeededRandom) {
    this.#random = random
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      this.counts.connections += 1
      const options = { port: Number(target.port), host: target.hostname, allowHalfOpen: true }
      const server = connect({ ...options, noDelay: true })
      const pair = [client, server] as const
      this.#pairs.add(pair)
      for (const [from, to] of [pair, [server, client] as const]) {
        from.on('error', () => {}) // 'close' follows
        from.on('close', () => {
          this.#pairs.delete(pair)
          to.destroy()
        })
        void this.#carry(from, to)
      }
    })
  }

  static async start(url: string, random: SeededRandom): Promise<BadNetwork> {
    const network = new BadNetwork(new URL(url), random)
    network.#server.listen(0, '127.0.0.1')
    await once(network.#server, 'listening')
    return network
  }

  get url(): string {
    // An address of a TCP server that listens is never a path.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** Breaks what there is: by a reset, or by an end of one side only. */
  hurt(): void {
    for (const [client, server] of this.#pairs) {
      if (this.#random.integer(0, 1) === 0) {
        this.counts.resets += 1
        client.resetAndDestroy()
        server.resetAndDestroy()
      } else {
        this.counts.halfCloses += 1
        // The gateway hears that nothing more comes; the client hears nothing of it before the answer.
        server.end()
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
    await closed
  }

  /** Who is slow slows the other: nothing piles up here. */
  async #carry(from: Socket, to: Socket): Promise<void> {
    let carried = 0
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        const single = chunk.subarray(0, Math.max(0, SINGLE_BYTES - carried))
        for (const byte of single) {
          this.counts.singleBytes += 1
          to.write(Uint8Array.of(byte))
          // A turn of the loop apart, so that each is a packet of its own.
          await new Promise((resolve) => setImmediate(resolve))
        }
        carried += chunk.length
        await this.#pass(to, chunk.subarray(single.length))
      }
      to.end()
    } catch {
      to.destroy() // broken off: the other side hears of it, too
    }
  }

  /** In pieces of odd sizes, now and then late. */
  async #pass(to: Socket, chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      const end = Math.min(chunk.length, at + this.#random.integer(1, 70_000))
      if (!to.write(chunk.subarray(at, end)) && !to.destroyed) {
        await Promise.race([once(to, 'drain'), once(to, 'close')])
      }
      at = end
      if (this.#random.integer(0, 99) !== 0) continue
      const delayMs = this.#random.integer(1, MOST_DELAY_MS)
      await new Promise((resolve) => setTimeout(resolve, delayMs)) // fixed wait: the delay of a bad network
    }
  }
}
