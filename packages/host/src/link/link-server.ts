// Owns the host's socket: listens, makes a link of each connection, and listens anew when the path is gone
// (a logout removes runtime directories, and the sessions must stay reachable).

import { chmod, lstat, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { ensurePrivateDirectory, SocketChannel } from '@limpet/link'
import type { Logger } from '../base/logger.ts'
import { SOCKET_CHECK_MS } from './limits.ts'
import { LinkConnection } from './link-connection.ts'
import type { Requests } from './requests.ts'

export interface LinkServerOptions {
  readonly socketPath: string
  readonly requests: Requests
  readonly logger: Logger
  /** Makes sure that we can be found; lost: another host is in our place, and we do not fight over it. */
  readonly renewClaim: () => Promise<'held' | 'renewed' | 'lost'>
  /** Called when the number of links changed. */
  readonly handleLinksChanged: () => void
}

export class LinkServer {
  readonly #options: LinkServerOptions
  readonly #links = new Set<LinkConnection>()
  #server: Server | undefined
  #inode: number | undefined
  #checkTimer: NodeJS.Timeout | undefined
  #checking: Promise<void> | undefined
  /** As it was at the newest look. */
  #claim: 'held' | 'renewed' | 'lost' = 'held'

  constructor(options: LinkServerOptions) {
    this.#options = options
  }

  get linkCount(): number {
    return this.#links.size
  }

  /** Whatever lies at the path is replaced: the caller holds the claim on it. */
  async listen(): Promise<void> {
    const { socketPath } = this.#options
    await ensurePrivateDirectory(dirname(socketPath))
    await rm(socketPath, { force: true })
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#handleConnection(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(socketPath, () => {
        server.off('error', reject)
        resolve()
      })
    })
    server.on('error', (error) => this.#options.logger.fault('socket.failed', error))
    await chmod(socketPath, 0o600)
    this.#server = server
    this.#inode = (await lstat(socketPath)).ino
  }

  /** From here on, what leads to us is made again when it is gone. */
  keepReachable(): void {
    this.#checkTimer = setInterval(() => this.#check(), SOCKET_CHECK_MS).unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#checkTimer)
    this.#checkTimer = undefined
    await this.#checking
    for (const link of this.#links) link.close(1001, 'The host has ended.')
    const server = this.#server
    // Node removes the path when its server closes.
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  #handleConnection(socket: Socket): void {
    const link = new LinkConnection({
      channel: new SocketChannel(socket),
      requests: this.#options.requests,
      logger: this.#options.logger,
      handleClosed: (closed) => {
        this.#links.delete(closed)
        this.#options.requests.handleLinkClosed(closed)
        this.#options.handleLinksChanged()
      },
    })
    this.#links.add(link)
    // Whoever has just found us may be another host that did not find our file.
    if (this.#checkTimer) this.#check()
    this.#options.handleLinksChanged()
  }

  #check(): void {
    this.#checking ??= this.#renew().finally(() => (this.#checking = undefined))
  }

  async #renew(): Promise<void> {
    const { socketPath, logger } = this.#options
    try {
      const claim = await this.#options.renewClaim()
      if (claim !== 'held' && claim !== this.#claim) logger.log(`claim.${claim}`)
      this.#claim = claim
      if (claim === 'lost') return
      const facts = await lstat(socketPath).catch(() => undefined) // gone: made anew
      if (facts?.ino === this.#inode) return
      this.#server?.close()
      await this.listen()
      logger.log('socket.renewed', { socketPath })
    } catch (error) {
      logger.fault('socket.failed', error)
    }
  }
}
