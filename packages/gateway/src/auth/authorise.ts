// Owns the one decision before everything else: may this request have what it asks for. Every HTTP request and
// every WebSocket upgrade passes here, and nothing is served without an answer from here.
// Before: http/door.ts; after: the handlers. Must not answer anything itself.
//
//   target and Host well-formed (400) → Host is ours (421) → Origin is ours (403) → no token in the URL (400)
//   → which route → public, or a valid token or cookie (401)

import type { IncomingMessage } from 'node:http'
import { LimpetError } from '@limpet/protocol'
import { AUTHORISE_DEADLINE_MS } from '../limits.ts'
import {
  routeFor,
  shareNamedIn,
  type HasPageFile,
  type Route,
  type RouteParams,
} from '../route-table.ts'
import { Cookie } from './cookie.ts'
import {
  isChange,
  ownerCredential,
  shareCredential,
  type Credential,
  type RequestKind,
} from './credential.ts'
import type { Grant } from './grants.ts'
import { isSameOrigin, parseOrigin, type HostNames, type Origin } from './host-names.ts'
import type { Logins } from './logins.ts'
import type { Principal } from './principal.ts'
import { refuseTokenInQuery, requestTarget } from './request-target.ts'
import type { Shares } from './shares.ts'
import type { Token } from './token.ts'

/** What was found out about a request that may go on. */
export interface Verdict {
  /** Undefined: nothing is there (404). Only who is logged in gets to know that. */
  readonly route: Route | undefined
  readonly params: RouteParams
  /** Without the public URL's base path. */
  readonly path: string
  /** What the "*" of the route stands for, with its "/". */
  readonly rest: string
  readonly query: string
  /** The origin of our page under the name that was used. */
  readonly ownOrigin: Origin
  /** Undefined on public routes without a login. */
  readonly principal: Principal | undefined
  /** What let the principal in. */
  readonly grant: Grant | undefined
  /** Present when the owner's cookie counted. */
  readonly cookie: Credential['cookie']
}

/** @throws LimpetError when the request may not go on */
export type Authorise = (request: IncomingMessage, kind: RequestKind) => Promise<Verdict>

export interface AuthoriseOptions {
  readonly hostNames: HostNames
  readonly basePath: string
  /** 8 hex digits, for the names of cookies. */
  readonly identity: string
  readonly token: Token
  readonly logins: Logins
  readonly shares: Shares
  readonly hasPageFile: HasPageFile
}

export function createAuthorise(options: AuthoriseOptions): Authorise {
  return async (request, kind) => {
    const { path: givenPath, query, authority } = requestTarget(request)
    const ownOrigin = authority && options.hostNames.ownOrigin(authority)
    if (!ownOrigin) throw hostNameRefused()
    requireOwnOrigin(request, ownOrigin, kind)
    refuseTokenInQuery(query)
    const { route, path, params, rest } = await within(findRoute(request, givenPath, kind, options))
    const looking = within(credentialOf(request, kind, path, options))
    // Whoever may have it anyway gets it, also when the file of logins cannot be read.
    const credential = await (route?.access === 'public' ? looking.catch(() => undefined) : looking)
    if (route?.access !== 'public' && !credential) throw unauthenticated()
    const { principal, grant, cookie } = credential ?? {}
    return { route, path, params, rest, query, ownOrigin, principal, grant, cookie }
  }
}

/** As it stands, else without the base path: proxies strip it or leave it, and both shall work. */
async function findRoute(
  { method = '' }: IncomingMessage,
  givenPath: string,
  kind: RequestKind,
  { basePath, hasPageFile }: AuthoriseOptions,
): Promise<Pick<Verdict, 'route' | 'path' | 'params' | 'rest'>> {
  const isInside = basePath !== '/' && givenPath.startsWith(basePath)
  const inner = isInside ? [givenPath.slice(basePath.length - 1)] : []
  for (const path of [givenPath, ...inner]) {
    const match = await routeFor({ method, path }, hasPageFile)
    // To an upgrade, what is no upgrade is not there; a plain request to one is told what it speaks.
    if (match && (match.route.isUpgrade || kind === 'request')) return { ...match, path }
  }
  return { route: undefined, path: inner[0] ?? givenPath, params: {}, rest: '' }
}

/** Below a share only that share counts, and it counts nowhere else. */
function credentialOf(
  request: IncomingMessage,
  kind: RequestKind,
  path: string,
  { identity, token, logins, shares }: AuthoriseOptions,
): Promise<Credential | undefined> {
  const id = shareNamedIn(path)
  if (id === undefined) {
    return ownerCredential(request, kind, { token, logins, cookie: new Cookie(identity) })
  }
  return shareCredential(request, kind, { id, shares, cookie: new Cookie(identity, id) })
}

function requireOwnOrigin(request: IncomingMessage, own: Origin, kind: RequestKind): void {
  const { origin } = request.headers
  if (origin !== undefined) {
    const parsed = parseOrigin(origin)
    if (!parsed || !isSameOrigin(parsed, own)) throw originRefused()
  }
  // Where a browser says it outright, for what changes something. Absent in older ones: Origin decides there.
  const site = request.headers['sec-fetch-site']
  if (isChange(request, kind) && site !== undefined && site !== 'same-origin' && site !== 'none') {
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
