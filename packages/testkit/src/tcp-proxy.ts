// Owns a bad network between a client and a gateway: it cuts connections when a test says so, or lets bytes through
// at a trickle. Must not know what travels in them.

import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A trickle flows this often a second. */
const TRICKLES_PER_SECOND = 10

export interface ProxyOptions {
  /** Towards the client; what does not fit stays in the kernel, and then in the server. @default no limit */
  readonly bytesPerSecond?: number
}

export class TcpProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #timers = new Set<NodeJS.Timeout>()
  /** Connections that were made so far. */
  connections = 0
  /** Of all connections, as they came from the clients. */
  bytesFromClients = 0

  constructor(target: URL, options: ProxyOptions) {
    this.#server = createServer((client) => {
      this.connections += 1
      const server = connect(Number(target.port), target.hostname)
      this.#join(client, server)
      client.on('data', (chunk: Buffer) => (this.bytesFromClients += chunk.byteLength))
      client.pipe(server)
      if (options.bytesPerSecond === undefined) server.pipe(client)
      else this.#trickle(server, client, options.bytesPerSecond / TRICKLES_PER_SECOND)
    })
  }

  /** @param url where the bytes go to, such as a fixture's `url` */
  static async start(url: string, options: ProxyOptions = {}): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url), options)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get url(): string {
    // An address of a TCP server that listens is never a path.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** All connections break, without a good-bye. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** When one ends, so does the other. */
  #join(client: Socket, server: Socket): void {
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one)
      // A broken network has errors on both sides; the close that follows is what counts.
      one.on('error', () => {})
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
    }
  }

  #trickle(from: Socket, to: Socket, bytes: number): void {
    const timer = setInterval(() => {
      const chunk: unknown = from.read(Math.min(Math.ceil(bytes), from.readableLength))
      if (chunk instanceof Buffer) to.write(chunk)
    }, 1000 / TRICKLES_PER_SECOND)
    this.#timers.add(timer)
    // Without a reader the socket fills its own buffer, then the kernel's.
    from.on('readable', () => {})
    from.on('close', () => {
      clearInterval(timer)
      this.#timers.delete(timer)
    })
  }
}
