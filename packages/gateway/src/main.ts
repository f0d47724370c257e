// Owns the joining of the rooms: one gateway from its configuration to its last closed connection.
// Before: the command line; after: http/, web-socket/, the dialects, the host.

import type { AddressInfo } from 'node:net'
import { ensurePrivateDirectory, type HostLocation } from '@limpet/link'
import { LimpetError } from '@limpet/protocol'
import type { FastifyInstance } from 'fastify'
import {
  createAuthorise,
  GrantWatch,
  HostNames,
  loadIdentity,
  loadToken,
  LoginLimit,
  Logins,
  Shares,
  type CookieScope,
  type Grant,
  type Token,
  type Verdict,
} from './auth/index.ts'
import { systemClock, type Clock } from './clock.ts'
import {
  ConfigError,
  Offer,
  remoteWarnings,
  requireAllowedAddress,
  type GatewayConfig,
} from './config/index.ts'
import { nativeDialect } from './dialect/native/index.ts'
import { runDialect } from './dialect/run/index.ts'
import { connectionsWithinDescriptors } from './descriptors.ts'
import { Health } from './health.ts'
import { Hosts } from './hosts.ts'
import { answerOnSocket, createApp, createHandlers, Door, StaticFiles } from './http/index.ts'
import { SPARE_CONNECTIONS } from './limits.ts'
import { linksOf } from './links.ts'
import type { Logger } from './log.ts'
import { RestHandlers } from './rest/index.ts'
import { announceGateway } from './running-gateways.ts'
import { ShareDesk } from './share-desk.ts'
import { Acceptor, Connections } from './web-socket/index.ts'

/** "Service restart": clients connect again. */
const SERVICE_RESTART = 1012

export interface GatewayOptions {
  readonly config: GatewayConfig
  readonly location: HostLocation
  /** Used instead of the one in the state directory; at least 43 letters of base64url. */
  readonly token?: string | undefined
  /** argv that runs a host when there is none; absent: one must run already. */
  readonly hostStartCommand?: readonly string[]
  /** This program's build, shown by `program.list` and told to the host. */
  readonly build: string
  readonly logger: Logger
  /** Absolute path of the built page. */
  readonly pageDirectory: string
  /** Absolute path of the examples. */
  readonly examplesDirectory: string
  /** @default the system's */
  readonly clock?: Clock
  /** How often WebSockets are pinged, in milliseconds. @default 15 000 */
  readonly pingIntervalMs?: number
}

/** A gateway that listens. */
export interface Gateway {
  /** For programs: no token in it. Ends in "/". */
  readonly url: string
  /** For people: opens the page and logs in. A secret. */
  readonly link: string
  /** The same by number, for browsers that do not know the name; undefined when the link has no such form. */
  readonly alternativeLink: string | undefined
  readonly token: string
  readonly tokenPath: string
  readonly address: AddressInfo
  readonly hostPid: number
  /** Closes all connections with 1012 and stops listening; sessions go on. Idempotent. */
  close(reason?: string): Promise<void>
}

/** @throws ConfigError; LimpetError HOST_UNREACHABLE, PROTOCOL_UNSUPPORTED, DIRECTORY_UNSAFE */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, location, build, logger: log } = options
  requireAllowedAddress(config)
  await ensurePrivateDirectory(location.stateDirectory)
  const token = await loadToken(location.stateDirectory, options.token)
  const identity = await loadIdentity(location.stateDirectory)
  const hosts = new Hosts({ location, build, startCommand: options.hostStartCommand, log })
  const host = await hosts.start()
  let base = ''
  const parts = { token, identity, hosts, base: () => base }
  const { app, connections, closeRest } = await join(options, parts)
  let withdraw = (): Promise<void> => Promise.resolve()
  const close = async (reason: string): Promise<void> => {
    // Nobody new from here on, also while those who are there say good-bye: the socket closes in this very turn.
    app.server.close()
    const closed = connections.closeAll(SERVICE_RESTART, reason)
    closeRest()
    await withdraw()
    await closed
    await app.close()
    hosts.close()
  }
  const address = await listen(app, config).catch(async (error: unknown) => {
    await close('it could not listen')
    throw error
  })
  const links = linksOf({ address, identity, token: token.reveal(), config })
  base = links.base
  withdraw = await announceGateway(location.stateDirectory, links.url)
  for (const warning of remoteWarnings(config)) log.warn(warning)
  log.info({ address: address.address, port: address.port, hostPid: host.pid }, 'listening')
  let closed: Promise<void> | undefined
  return {
    url: links.url,
    link: links.link,
    alternativeLink: links.alternativeLink,
    token: token.reveal(),
    tokenPath: token.path,
    address,
    hostPid: host.pid,
    close: (reason = 'the server restarts') => (closed ??= close(reason)),
  }
}

/** What is made before anything is joined. */
interface Parts {
  readonly token: Token
  readonly identity: string
  readonly hosts: Hosts
  /** Where people reach this gateway; known once it listens. */
  readonly base: () => string
}

interface Joined {
  readonly app: FastifyInstance
  readonly connections: Connections
  /** Stops what looks at something now and then. */
  readonly closeRest: () => void
}

/** The object graph: who decides, who answers, who converses. */
async function join(
  options: GatewayOptions,
  { token, identity, hosts, base }: Parts,
): Promise<Joined> {
  const { config, build, logger: log, clock = systemClock } = options
  const { stateDirectory } = options.location
  const logins = new Logins({ stateDirectory, clock })
  const shares = new Shares({ stateDirectory, clock })
  const grants = new GrantWatch({ logins, shares })
  const health = new Health({ hosts, clock })
  const shareDesk = new ShareDesk({ shares, hosts, grants, base, clock, log })
  const page = new StaticFiles(options.pageDirectory)
  const offer = new Offer(config.programs, config.planBase)
  const { pingIntervalMs } = options
  const connections = new Connections({ grants, ...config.limits, pingIntervalMs })
  const hostNames = new HostNames(config)
  const basePath = config.publicUrl?.basePath ?? '/'
  const cookieScope = cookieScopes(hostNames, basePath)
  const hasPageFile = (path: string): Promise<boolean> => page.has(path)
  const keys = { identity, token, logins, shares }
  const door = new Door({
    authorise: createAuthorise({ ...keys, hostNames, basePath, hasPageFile }),
    log,
  })
  const handleLogOut = (grant: Grant): void => grants.end(grant)
  const loginLimit = new LoginLimit(clock)
  const handlers = createHandlers({
    page,
    examples: new StaticFiles(options.examplesDirectory),
    login: { ...keys, loginLimit, cookieScope, handleLogOut, clock, log },
    rest: new RestHandlers({ hosts, grants }),
    health: () => health.report(),
  })
  const native = nativeDialect({ hosts, offer, shareDesk, build, clock, log })
  const acceptor = new Acceptor({
    dialects: [native, runDialect({ hosts, offer })],
    connections,
    refuse: (socket, error) => answerOnSocket(socket, error, log),
    log,
  })
  const maxConnections = connectionsWithinDescriptors(config.limits.webSockets + SPARE_CONNECTIONS)
  const app = await createApp({ ...keys, door, handlers, cookieScope, maxConnections, log })
  app.server.on('upgrade', (request, socket, head) => {
    const accept = (verdict: Verdict): void => acceptor.accept({ request, socket, head }, verdict)
    void door.handleUpgrade(request, socket, accept)
  })
  const closeRest = (): void => [grants, health, shareDesk].forEach((watcher) => watcher.close())
  return { app, connections, closeRest }
}

/** Where the cookie of who asks is valid: that of a share below its own address only. */
function cookieScopes(hostNames: HostNames, basePath: string): (verdict: Verdict) => CookieScope {
  return ({ ownOrigin, params }) => {
    const isPublic = hostNames.isPublic(ownOrigin)
    const below = params.share === undefined ? '' : `s/${params.share}/`
    const path = `${isPublic ? basePath : '/'}${below}`
    return { path, isSecure: isPublic && ownOrigin.scheme === 'https' }
  }
}

/** @throws ConfigError when the address is taken or is none of this machine's */
async function listen(app: FastifyInstance, config: GatewayConfig): Promise<AddressInfo> {
  const { host, port } = config.listen
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw new ConfigError(
      [{ source: '--listen', key: 'listen', message: whyNot(cause, host, port) }],
      { cause },
    )
  }
  const address = app.server.address()
  if (address !== null && typeof address === 'object') return address
  throw new LimpetError('INTERNAL', 'The server listens on no address.')
}

function whyNot(cause: unknown, host: string, port: number): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE') {
    return `port ${port} of ${host} is in use, perhaps by another Limpet; port 0 takes a free one.`
  }
  return `cannot listen on ${host}, port ${port}: ${cause instanceof Error ? cause.message : String(cause)}`
}
