// Owns the one decision before everything else: may this request have what it asks for. Every HTTP request and
// every WebSocket upgrade passes here, and nothing is served without an answer from here.
// Before: http/door.ts; after: the handlers. Must not answer anything itself.
//
//   target and Host well-formed (400) → Host is ours (421) → Origin is ours (403) → no token in the URL (400)
//   → which route → public, or a valid token or cookie (401)

import type { IncomingMessage } from 'node:http'
import { LimpetError } from '@limpet/protocol'
import { AUTHORISE_DEADLINE_MS } from '../limits.ts'
import { routeFor, type HasPageFile, type Route } from '../route-table.ts'
import type { LoginCookie } from './cookie.ts'
import { isSameOrigin, parseOrigin, type HostNames, type Origin } from './host-names.ts'
import type { Login, Logins } from './logins.ts'
import { ownerPrincipal, type Principal } from './principal.ts'
import { refuseTokenInQuery, requestTarget } from './request-target.ts'
import { offeredSubprotocols, tokenAmong } from './subprotocols.ts'
import type { Token } from './token.ts'

/** What was found out about a request that may go on. */
export interface Verdict {
  /** Undefined: nothing is there (404). Only who is logged in gets to know that. */
  readonly route: Route | undefined
  /** Without the public URL's base path. */
  readonly path: string
  readonly query: string
  /** The origin of our page under the name that was used. */
  readonly ownOrigin: Origin
  /** Undefined on public routes without a login. */
  readonly principal: Principal | undefined
  /** Present when the cookie counted. */
  readonly cookie: { readonly secret: string; readonly login: Login } | undefined
}

/** @throws LimpetError when the request may not go on */
export type Authorise = (request: IncomingMessage, kind: RequestKind) => Promise<Verdict>
export type RequestKind = 'request' | 'upgrade'

export interface AuthoriseOptions {
  readonly hostNames: HostNames
  readonly basePath: string
  readonly token: Token
  readonly logins: Logins
  readonly cookie: LoginCookie
  readonly hasPageFile: HasPageFile
}

/** Methods that change nothing: a browser sends no Origin with them, and cookies count without one. */
const SAFE_METHODS: readonly (string | undefined)[] = ['GET', 'HEAD']

export function createAuthorise(options: AuthoriseOptions): Authorise {
  return async (request, kind) => {
    const { path: givenPath, query, authority } = requestTarget(request)
    const ownOrigin = authority && options.hostNames.ownOrigin(authority)
    if (!ownOrigin) throw hostNameRefused()
    requireOwnOrigin(request, ownOrigin, kind)
    refuseTokenInQuery(query)
    const { route, path } = await within(findRoute(request, givenPath, kind, options))
    const looking = within(credentialOf(request, kind, options))
    // Whoever may have it anyway gets it, also when the file of logins cannot be read.
    const credential = await (route?.access === 'public' ? looking.catch(() => undefined) : looking)
    const principal = credential ? ownerPrincipal : undefined
    if (route?.access !== 'public' && !principal) throw unauthenticated()
    return { route, path, query, ownOrigin, principal, cookie: credential?.cookie }
  }
}

/** As it stands, else without the base path: proxies strip it or leave it, and both shall work. */
async function findRoute(
  { method = '' }: IncomingMessage,
  givenPath: string,
  kind: RequestKind,
  { basePath, hasPageFile }: AuthoriseOptions,
): Promise<{ route: Route | undefined; path: string }> {
  const isInside = basePath !== '/' && givenPath.startsWith(basePath)
  const inner = isInside ? [givenPath.slice(basePath.length - 1)] : []
  for (const path of [givenPath, ...inner]) {
    const route = await routeFor({ method, path }, hasPageFile)
    // To an upgrade, what is no upgrade is not there; a plain request to one is told what it speaks.
    if (route && (route.isUpgrade || kind === 'request')) return { route, path }
  }
  return { route: undefined, path: givenPath }
}

type Credential = { readonly cookie?: Verdict['cookie'] } | undefined

async function credentialOf(
  request: IncomingMessage,
  kind: RequestKind,
  { token, logins, cookie }: AuthoriseOptions,
): Promise<Credential> {
  const { authorization, origin } = request.headers
  // A token that was sent decides alone: a wrong one is not mended by a cookie. Other schemes are none of ours: a
  // proxy before us may ask for a password of its own.
  const inHeader = /^Bearer(?: +(?<token>\S+))?$/i.exec(authorization ?? '')
  const bearer = inHeader
    ? (inHeader.groups?.['token'] ?? '')
    : tokenAmong(offeredSubprotocols(request))
  if (bearer !== undefined) return token.matches(bearer) ? {} : undefined
  // Browsers send cookies along with whatever page asks; Origin says which one it was. Without it the cookie
  // counts only where nothing changes.
  if (origin === undefined && (kind === 'upgrade' || !SAFE_METHODS.includes(request.method))) {
    return undefined
  }
  const secret = cookie.read(request.headers.cookie)
  const login = secret ? await logins.find(secret) : undefined
  return secret && login ? { cookie: { secret, login } } : undefined
}

function requireOwnOrigin(request: IncomingMessage, own: Origin, kind: RequestKind): void {
  const { origin } = request.headers
  if (origin !== undefined) {
    const parsed = parseOrigin(origin)
    if (!parsed || !isSameOrigin(parsed, own)) throw originRefused()
  }
  // Where a browser says it outright, for what changes something. Absent in older ones: Origin decides there.
  const site = request.headers['sec-fetch-site']
  const isChange = kind === 'upgrade' || !SAFE_METHODS.includes(request.method)
  if (isChange && site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw originRefused()
  }
}

/** Fails closed: what cannot be decided in time is refused. */
function within<T>(decision: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(
      () => reject(new LimpetError('INTERNAL', 'The request could not be checked in time.')),
      AUTHORISE_DEADLINE_MS,
    )
    void decision.then(resolve, reject).finally(() => clearTimeout(deadline))
  })
}

function hostNameRefused(): LimpetError {
  return new LimpetError(
    'HOST_NAME_REFUSED',
    'This server does not answer to that host name. Use the printed link, or name it with --public-url.',
  )
}

function originRefused(): LimpetError {
  return new LimpetError('ORIGIN_REFUSED', 'The request comes from a page of another origin.')
}

function unauthenticated(): LimpetError {
  return new LimpetError(
    'UNAUTHENTICATED',
    'Log in first: open the link that `limpet serve` printed, or send `Authorization: Bearer TOKEN`.',
  )
}
