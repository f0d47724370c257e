// Owns the addresses of a configuration: where to listen, and what the world calls this gateway.
// Must not know requests; auth/ decides with what is parsed here.

/** Where the server listens. Port 0 takes a free one. */
export interface ListenAddress {
  /** Without brackets: "127.0.0.1", "::1", "localhost". */
  readonly host: string
  readonly port: number
}

/** The address under which a proxy offers this gateway. */
export interface PublicUrl {
  readonly scheme: 'http' | 'https'
  /** Lower case, IPv6 in brackets. */
  readonly host: string
  /** The scheme's own when the URL names none. */
  readonly port: number
  /** Begins and ends with "/". */
  readonly basePath: string
  /** The whole URL, ending in "/". */
  readonly href: string
}

/** Default ports of the two schemes. */
export const SCHEME_PORT = { http: 80, https: 443 } as const

const LISTEN = /^(?:\[(?<literal>[0-9a-fA-F:.]+)\]|(?<name>[^\s:[\]/@]+)):(?<port>\d{1,5})$/

/** @param text "HOST:PORT", "[::1]:PORT", or a port of 127.0.0.1 @returns undefined when it is none of these */
export function parseListen(text: string): ListenAddress | undefined {
  const { literal, name, port } =
    LISTEN.exec(/^\d{1,5}$/.test(text) ? `127.0.0.1:${text}` : text)?.groups ?? {}
  const host = literal ?? name
  if (host === undefined || Number(port) > 65_535) return undefined
  return { host, port: Number(port) }
}

/** @returns undefined for anything but an http or https URL without user, query and fragment */
export function parsePublicUrl(text: string): PublicUrl | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const scheme = url.protocol === 'https:' ? 'https' : url.protocol === 'http:' ? 'http' : undefined
  if (scheme === undefined || url.username || url.password || url.search || url.hash)
    return undefined
  const basePath = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`
  return {
    scheme,
    host: url.hostname.toLowerCase(),
    port: url.port === '' ? SCHEME_PORT[scheme] : Number(url.port),
    basePath,
    href: `${url.origin}${basePath}`,
  }
}

/** True for names and literals that reach only this machine. Host names are compared in lower case. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || isLoopbackIPv4(host)
  )
}

function isLoopbackIPv4(host: string): boolean {
  // Strictly four decimal numbers: "127.1" and "0x7f.1" are names here, and no browser sends them.
  const parts = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host)?.slice(1)
  return parts?.every((part) => String(Number(part)) === part && Number(part) <= 255) ?? false
}
