// Owns what a request shows to be let in: a token or secret in a header or subprotocol, else a cookie. Must not know
// routes; the caller says in whose house the request is, the owner's or that of a share.

import type { IncomingMessage } from 'node:http'
import type { Cookie } from './cookie.ts'
import type { Grant } from './grants.ts'
import type { Login, Logins } from './logins.ts'
import { ownerPrincipal, sharePrincipal, type Principal } from './principal.ts'
import type { Shares } from './shares.ts'
import { offeredSubprotocols, tokenAmong } from './subprotocols.ts'
import type { Token } from './token.ts'

export type RequestKind = 'request' | 'upgrade'

/** Something that counts. */
export interface Credential {
  readonly principal: Principal
  readonly grant: Grant
  /** Present when the owner's cookie counted. */
  readonly cookie?: { readonly secret: string; readonly login: Login }
}

/** Methods that change nothing: a browser sends no Origin with them, and cookies count without one. */
const SAFE_METHODS: readonly (string | undefined)[] = ['GET', 'HEAD']

export function isChange({ method }: Pick<IncomingMessage, 'method'>, kind: RequestKind): boolean {
  return kind === 'upgrade' || !SAFE_METHODS.includes(method)
}

export async function ownerCredential(
  request: IncomingMessage,
  kind: RequestKind,
  { token, logins, cookie }: { token: Token; logins: Logins; cookie: Cookie },
): Promise<Credential | undefined> {
  const shown = shownBy(request, kind, cookie)
  if (shown === undefined) return undefined
  const { secret } = shown
  if (shown.by === 'bearer') {
    return token.matches(secret) ? { principal: ownerPrincipal, grant: { by: 'token' } } : undefined
  }
  const login = await logins.find(secret)
  if (login === undefined) return undefined
  const grant: Grant = { by: 'login', hash: login.hash }
  return { principal: ownerPrincipal, grant, cookie: { secret, login } }
}

/**
 * The secret of a share is its cookie, too: it opens nothing else, it dies with the share, and no login that is kept
 * for an owner has to make room for guests.
 */
export async function shareCredential(
  request: IncomingMessage,
  kind: RequestKind,
  { id, shares, cookie }: { id: string; shares: Shares; cookie: Cookie },
): Promise<Credential | undefined> {
  const shown = shownBy(request, kind, cookie)
  const share = shown && (await shares.find(id, shown.secret))
  return share && { principal: sharePrincipal(share), grant: { by: 'share', id } }
}

interface Shown {
  readonly by: 'bearer' | 'cookie'
  readonly secret: string
}

function shownBy(request: IncomingMessage, kind: RequestKind, cookie: Cookie): Shown | undefined {
  const { authorization, origin } = request.headers
  // A token that was sent decides alone: a wrong one is not mended by a cookie. Other schemes are none of ours: a
  // proxy before us may ask for a password of its own.
  const inHeader = /^Bearer(?: +(?<token>\S+))?$/i.exec(authorization ?? '')
  const bearer = inHeader
    ? (inHeader.groups?.['token'] ?? '')
    : tokenAmong(offeredSubprotocols(request))
  if (bearer !== undefined) return { by: 'bearer', secret: bearer }
  // Browsers send cookies along with whatever page asks; Origin says which one it was. Without it the cookie
  // counts only where nothing changes.
  if (origin === undefined && isChange(request, kind)) return undefined
  const secret = cookie.read(request.headers.cookie)
  return secret ? { by: 'cookie', secret } : undefined
}
