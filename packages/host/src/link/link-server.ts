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
  /** Called when the number of links changed. */
  readonly handleLinksChanged: () => void
}

export class LinkServer {
  readonly #options: LinkServerOptions
  readonly #links = new Set<LinkConnection>()
  #server: Server | undefined
  #inode: number | undefined
  #checkTimer: NodeJS.Timeout | undefined

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
    this.#checkTimer ??= setInterval(() => void this.#check(), SOCKET_CHECK_MS).unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#checkTimer)
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
    this.#options.handleLinksChanged()
  }

  async #check(): Promise<void> {
    const { socketPath, logger } = this.#options
    try {
      if ((await lstat(socketPath)).ino === this.#inode) return
    } catch {
      // Gone: made anew below.
    }
    try {
      this.#server?.close()
      await this.listen()
      logger.log('socket.renewed', { socketPath })
    } catch (error) {
      logger.fault('socket.failed', error)
    }
  }
}
