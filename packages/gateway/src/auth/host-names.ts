// Owns under which names this gateway answers. A page of another site that makes its own name point at us
// (DNS rebinding) sends that name in Host, and gets nothing. Forwarding headers are never read.

import { isIP } from 'node:net'
import { isLoopback, SCHEME_PORT, type ListenAddress, type PublicUrl } from '../config/index.ts'

/** A parsed Host header or authority. */
export interface Authority {
  /** Lower case; IPv6 in brackets. */
  readonly host: string
  /** Undefined when none was named: the scheme's own. */
  readonly port: number | undefined
}

/** An origin whose three parts are known (https://www.rfc-editor.org/rfc/rfc6454). */
export interface Origin {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
}

/** A name: letters, digits, hyphens, inner dots. Or IPv6 in brackets. No user, no final dot, no other alphabet. */
const AUTHORITY =
  /^(?<host>\[[0-9a-f:.]+\]|(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*)(?::(?<port>\d{1,5}))?$/

/** @returns undefined for anything that is not exactly a host and perhaps a port */
export function parseAuthority(text: string): Authority | undefined {
  if (text.length > 300) return undefined
  const { host, port } = AUTHORITY.exec(text.toLowerCase())?.groups ?? {}
  if (host === undefined || Number(port ?? 0) > 65_535) return undefined
  if (host.startsWith('[') && isIP(host.slice(1, -1)) !== 6) return undefined
  return { host, port: port === undefined ? undefined : Number(port) }
}

/** @returns undefined for "null" and for anything with a path, a user, a list … */
export function parseOrigin(text: string): Origin | undefined {
  const { scheme, rest } = /^(?<scheme>https?):\/\/(?<rest>[^/?#]+)$/i.exec(text)?.groups ?? {}
  const authority = rest === undefined ? undefined : parseAuthority(rest)
  if (scheme === undefined || authority === undefined) return undefined
  const known = scheme.toLowerCase() === 'https' ? 'https' : 'http'
  return { scheme: known, host: authority.host, port: authority.port ?? SCHEME_PORT[known] }
}

export interface HostNamesOptions {
  readonly listen: ListenAddress
  readonly isRemoteAllowed: boolean
  readonly publicUrl: PublicUrl | undefined
}

export class HostNames {
  readonly #options: HostNamesOptions

  constructor(options: HostNamesOptions) {
    this.#options = options
  }

  /**
   * The origin that a page loaded under this Host header has: Origin must equal it.
   * @returns undefined when the gateway does not answer to that name
   */
  ownOrigin(authority: Authority): Origin | undefined {
    const { publicUrl } = this.#options
    if (publicUrl && publicUrl.host === authority.host) {
      const port = authority.port ?? SCHEME_PORT[publicUrl.scheme]
      if (port === publicUrl.port) return { scheme: publicUrl.scheme, host: publicUrl.host, port }
    }
    // Any port: SSH forwarding changes it.
    if (!this.#isLocal(bare(authority.host))) return undefined
    return { scheme: 'http', host: authority.host, port: authority.port ?? SCHEME_PORT.http }
  }

  /** True when the request came by the public URL, so that cookies are Secure and lie under its path. */
  isPublic({ scheme, host, port }: Origin): boolean {
    const { publicUrl } = this.#options
    return publicUrl?.scheme === scheme && publicUrl.host === host && publicUrl.port === port
  }

  #isLocal(host: string): boolean {
    if (isLoopback(host)) return true
    if (!this.#options.isRemoteAllowed) return false
    const listen = this.#options.listen.host.toLowerCase()
    // Addresses cannot be rebound, only names: where every address is listened on, every literal is ours.
    const isEveryAddress = listen === '0.0.0.0' || listen === '::'
    return host === listen || (isEveryAddress && isIP(host) !== 0)
  }
}

export function isSameOrigin(one: Origin, other: Origin): boolean {
  return one.scheme === other.scheme && one.host === other.host && one.port === other.port
}

function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}
