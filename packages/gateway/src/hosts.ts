// Owns the links to the host of this machine: one for each connection of a client, and a standing one, which
// keeps the host (and the logs of ended sessions) there while the gateway runs.

import { connectToHost, type HostLink, type HostLocation } from '@limpet/link'
import type { Channel } from '@limpet/protocol'
import type { Principal } from './auth/index.ts'
import type { Logger } from './log.ts'

export interface HostsOptions {
  readonly location: HostLocation
  readonly build: string
  /** argv that runs a host; absent: one must run already. */
  readonly startCommand?: readonly string[] | undefined
  readonly log: Logger
}

/** Who stands behind the standing link. It may do nothing: it is only there. */
const GATEWAY = { principal: 'gateway', rights: [] } as const

export class Hosts {
  readonly #options: HostsOptions
  #standing: Channel | undefined
  #isClosed = false

  constructor(options: HostsOptions) {
    this.#options = options
  }

  /** Finds the host, or starts it. @throws LimpetError HOST_UNREACHABLE, PROTOCOL_UNSUPPORTED, DIRECTORY_UNSAFE */
  async start(): Promise<HostLink['host']> {
    const { channel, host } = await this.#connect(GATEWAY)
    this.#keep(channel)
    return host
  }

  /** A fresh link on which this principal acts. Set its handlers at once. @throws LimpetError as `start` */
  async open({ name, rights }: Principal): Promise<Channel> {
    const { channel } = await this.#connect({ principal: name, rights })
    // The host that was there may be gone: this one is to stay.
    if (this.#standing === undefined) void this.#stand()
    return channel
  }

  close(): void {
    this.#isClosed = true
    this.#standing?.close()
  }

  async #stand(): Promise<void> {
    try {
      await this.start()
    } catch (error) {
      // The next connection of a client tries again, and says so when it fails.
      this.#options.log.warn({ err: error }, 'the host is not kept')
    }
  }

  #keep(channel: Channel): void {
    if (this.#standing || this.#isClosed) return channel.close()
    this.#standing = channel
    channel.setHandlers({
      handleText: () => {},
      handleBinary: () => {},
      handleClosed: () => {
        this.#standing = undefined
        if (!this.#isClosed) this.#options.log.warn('the host is gone')
      },
    })
  }

  #connect(who: { principal: string; rights: Principal['rights'] }): Promise<HostLink> {
    const { location, build, startCommand } = this.#options
    return connectToHost({ location, build, ...who, ...(startCommand && { startCommand }) })
  }
}
