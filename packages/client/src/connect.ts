// Owns the way from an address to a Limpet. Before: the user; after: the platform's WebSocket, dialled anew
// for each connection.

import { LimpetError } from '@limpet/protocol'
import { dialWebSocket } from '#platform'
import { Limpet, systemRuntime, type OverOptions, type Runtime } from './core/index.ts'
import type { DialTarget } from './platform/target.ts'

export interface ConnectOptions {
  /** The gateway's token, where no login cookie does: programs, other pages. @default the link's, or none */
  readonly token?: string
  /** False: the first loss of the connection closes. @default true */
  readonly reconnect?: boolean
  /** Time and randomness. @default the real ones */
  readonly runtime?: Runtime
}

/**
 * Connects to a gateway. Later losses of the connection are mended by themselves.
 * @param url the gateway's address, http(s) or ws(s), with its base path if it has one; or a link that
 * `limpet serve` printed, or that shares a session: it carries its token
 * @throws LimpetError UNAUTHENTICATED, HOST_UNREACHABLE, CONNECTION_LOST … why the first try failed
 * @example
 * const limpet = await connect('http://127.0.0.1:7681', { token })
 * const { stdout } = await limpet.run(['uname'])
 * await limpet.close()
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Promise<Limpet> {
  return Limpet.over(...overWebSocket(url, options))
}

/**
 * Like `connect`, but at once: for pages, which show the state of the connection from the first moment. Even
 * the first try is repeated until it succeeds, or until an error says that none can.
 * @throws LimpetError PARAMETERS_INVALID for an address that is none
 * @example
 * const limpet = connectInBackground(location.origin)
 * limpet.onStateChange((connection) => show(connection))
 */
export function connectInBackground(url: string | URL, options: ConnectOptions = {}): Limpet {
  return Limpet.start(...overWebSocket(url, options))
}

function overWebSocket(url: string | URL, options: ConnectOptions): Parameters<typeof Limpet.over> {
  const { token, reconnect = true, runtime = systemRuntime() } = options
  const address = parsed(url)
  const target: DialTarget = { url: socketUrl(address), token: token ?? tokenInLink(address) }
  // A WebSocket hands over each message in a buffer of its own.
  const over: OverOptions = { peer: 'gateway', framesStay: true, reconnect, runtime }
  return [() => dialWebSocket(target, runtime), over]
}

/** The address of a share; its fragment is the secret alone. */
const SHARE_PATH = /\/s\/[0-9a-v]{13}\/$/

/** The fragment of a link that `limpet serve` printed, or of a share; it is never sent as part of an address. */
function tokenInLink({ hash, pathname }: URL): string | undefined {
  const fragment = hash.slice(1)
  if (SHARE_PATH.test(pathname) && fragment !== '') return fragment
  return new URLSearchParams(fragment).get('t') ?? undefined
}

function socketUrl(address: URL): URL {
  const url = new URL(address)
  url.protocol = url.protocol.replace(/^http/, 'ws')
  if (!/^wss?:$/.test(url.protocol)) throw notAnAddress(address)
  url.pathname = url.pathname.endsWith('/') ? `${url.pathname}ws` : `${url.pathname}/ws`
  url.search = ''
  url.hash = ''
  return url
}

function parsed(address: string | URL): URL {
  try {
    return new URL(address)
  } catch {
    throw notAnAddress(address)
  }
}

function notAnAddress(address: string | URL): LimpetError {
  return new LimpetError(
    'PARAMETERS_INVALID',
    `${JSON.stringify(String(address))} is no address like http://127.0.0.1:7681.`,
    { details: { parameter: 'url', actual: String(address) } },
  )
}
