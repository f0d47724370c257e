// Owns the links to the host of this machine: one for each connection of a client, and a standing one, which
// keeps the host (and the logs of ended sessions) there while the gateway runs, and notices when it stands still.

import {
  connectToHost,
  LinkMemory,
  type ConnectOptions,
  type HostLink,
  type HostLocation,
} from '@limpet/link'
import {
  LimpetError,
  toLimpetError,
  type Channel,
  type SessionId,
  type SessionInfo,
} from '@limpet/protocol'
import type { Principal } from './auth/index.ts'
import { HostHeartbeat, type HostState } from './host-heartbeat.ts'
import { LinkClient } from './link-client.ts'
import type { Logger } from './log.ts'

export interface HostsOptions {
  readonly location: HostLocation
  readonly build: string
  /** argv that runs a host; absent: one must run already. */
  readonly startCommand?: readonly string[] | undefined
  readonly log: Logger
}

/** Who stands behind the standing link. It looks, and does nothing else. */
const GATEWAY = { principal: 'gateway', rights: ['view'] } as const

interface Standing {
  readonly client: LinkClient
  readonly heartbeat: HostHeartbeat
}

export class Hosts {
  readonly #options: HostsOptions
  readonly #memory = new LinkMemory()
  readonly #listeners = new Set<(state: HostState) => void>()
  #standing: Standing | undefined
  #state: HostState = 'responsive'
  #isClosed = false

  constructor(options: HostsOptions) {
    this.#options = options
  }

  /** unresponsive: it is there and does not answer. gone: it is not there; who connects next starts it. */
  get state(): HostState | 'gone' {
    return this.#standing === undefined ? 'gone' : this.#state
  }

  /** @returns ends the listening */
  onState(listener: (state: HostState) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Finds the host, or starts it. @throws LimpetError HOST_UNREACHABLE, PROTOCOL_UNSUPPORTED, DIRECTORY_UNSAFE */
  async start(): Promise<HostLink['host']> {
    const { channel, host } = await this.#connect(GATEWAY)
    this.#keep(channel)
    return host
  }

  /** A fresh link on which this principal acts. Set its handlers at once. @throws LimpetError as `start` */
  async open(principal: Principal): Promise<Channel> {
    const channel = await this.#openFor(principal, principal.session)
    if (principal.session !== undefined) await requireConfined(channel)
    return channel
  }

  /** @returns undefined when there is no such session, or this principal does not see it */
  async session(principal: Principal, id: SessionId): Promise<SessionInfo | undefined> {
    if (principal.session !== undefined && principal.session !== id) return undefined
    // A link for this session lists it alone, however many there are.
    const client = new LinkClient(await this.#openFor(principal, id))
    try {
      for await (const session of listed(client)) if (session.id === id) return session
      return undefined
    } finally {
      client.close()
    }
  }

  /** All that this principal sees, newest first. */
  async sessions(principal: Principal): Promise<readonly SessionInfo[]> {
    const client = new LinkClient(await this.open(principal))
    try {
      const all: SessionInfo[] = []
      for await (const session of listed(client)) all.push(session)
      return all
    } finally {
      client.close()
    }
  }

  close(): void {
    this.#isClosed = true
    this.#standing?.heartbeat.stop()
    this.#standing?.client.close()
  }

  async #openFor(
    { name, displayName, rights }: Principal,
    session: SessionId | undefined,
  ): Promise<Channel> {
    const { channel } = await this.#connect({
      principal: name,
      rights,
      ...(displayName !== undefined && { name: displayName }),
      ...(session !== undefined && { session }),
    })
    // The host that was there may be gone: this one is to stay.
    if (this.#standing === undefined) void this.#stand()
    return channel
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
    const client = new LinkClient(channel, { handleClosed: () => this.#handleGone() })
    const heartbeat = new HostHeartbeat({
      // However long it takes: that is what is to be found out.
      ping: () => client.request('link.ping', {}, 0),
      handleState: (state) => this.#handleState(state),
    })
    this.#standing = { client, heartbeat }
  }

  #handleGone(): void {
    this.#standing?.heartbeat.stop()
    this.#standing = undefined
    if (this.#isClosed) return
    this.#options.log.warn('the host is gone')
    // Whoever waited for the old one is told by the end of its own link.
    this.#state = 'responsive'
  }

  #handleState(state: HostState): void {
    this.#state = state
    this.#options.log.warn({ state }, 'the host has changed')
    for (const listener of this.#listeners) listener(state)
  }

  #connect(
    who: Pick<ConnectOptions, 'principal' | 'rights' | 'name' | 'session'>,
  ): Promise<HostLink> {
    const { location, build, startCommand } = this.#options
    const memory = this.#memory
    return connectToHost({ location, build, memory, ...who, ...(startCommand && { startCommand }) })
  }
}

async function* listed(client: LinkClient): AsyncGenerator<SessionInfo> {
  let before: number | undefined
  do {
    const page = await client.request('session.list', before === undefined ? {} : { before })
    yield* page.sessions
    before = page.next
  } while (before !== undefined)
}

/**
 * A host from before there were shares ignores that a link is for one session only: then nobody gets in by a share.
 * One that knows them refuses `host.status` on such a link [CTRL-10].
 * @throws LimpetError HOST_UNREACHABLE
 */
async function requireConfined(channel: Channel): Promise<void> {
  const code = await new LinkClient(channel).request('host.status', {}).then(
    () => undefined,
    (error: unknown) => toLimpetError(error).code,
  )
  if (code === 'FORBIDDEN') return
  channel.close()
  throw new LimpetError(
    'HOST_UNREACHABLE',
    'The host that runs is older than this gateway and knows no shares. `limpet stop` ends it; the next start is new.',
  )
}
