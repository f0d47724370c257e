// Owns what each route answers. Who may ask was decided before (door.ts); nothing here asks again.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { LimpetError } from '@limpet/protocol'
import {
  clientNetwork,
  type CookieScope,
  type LoginCookie,
  type LoginLimit,
  type Logins,
  type Token,
  type Verdict,
} from '../auth/index.ts'
import type { Logger } from '../log.ts'
import type { HandlerName } from '../route-table.ts'
import { notHere } from './door.ts'
import { isHashed, type StaticFiles } from './static-files.ts'

export type Handler = (call: Call) => Promise<unknown>

/** One request that was let in. */
export interface Call {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly verdict: Verdict
}

export interface HandlersOptions {
  readonly page: StaticFiles
  readonly examples: StaticFiles
  readonly token: Token
  readonly logins: Logins
  readonly loginLimit: LoginLimit
  readonly cookie: LoginCookie
  readonly cookieScope: (verdict: Verdict) => CookieScope
  /** Called after a login was revoked, so that its connections end at once. */
  readonly handleLogOut: (hash: string) => void
  readonly log: Logger
}

/** Longer than any token; more is not even hashed. */
const MAX_TOKEN_LENGTH = 256

export function createHandlers(options: HandlersOptions): Readonly<Record<HandlerName, Handler>> {
  return {
    page: ({ reply }) => sendPage(options, reply),
    pageFile: ({ reply, verdict }) => sendPageFile(options, reply, verdict.path),
    health: () => Promise.resolve({ status: 'ok' }),
    logIn: (call) => logIn(options, call),
    showLogin: ({ verdict }) => {
      const { name, role, rights } = principalOf(verdict)
      return Promise.resolve({ principal: name, role, rights })
    },
    logOut: (call) => logOut(options, call),
    example: ({ reply, verdict }) => sendExample(options, reply, verdict.path),
    webSocket: () => Promise.reject(upgradeRequired()),
  }
}

async function sendPage({ page }: HandlersOptions, reply: FastifyReply): Promise<unknown> {
  if (await page.has('/index.html')) return sendFile(reply, page, '/index.html')
  throw new LimpetError('METHOD_NOT_FOUND', 'The page is not built. In a clone: npm run build.')
}

function sendPageFile(
  { page }: HandlersOptions,
  reply: FastifyReply,
  path: string,
): Promise<unknown> {
  if (isHashed(path)) reply.header('cache-control', 'public, max-age=31536000, immutable')
  return sendFile(reply, page, path)
}

async function sendExample(
  { examples }: HandlersOptions,
  reply: FastifyReply,
  path: string,
): Promise<unknown> {
  const inner = path.slice('/examples'.length)
  const file = inner.endsWith('/') ? `${inner}index.html` : inner
  const found = await examples.find(file)
  if (found === 'file') return sendFile(reply, examples, file)
  if (found === undefined) throw notHere()
  // Relative, since a proxy may have put anything before our path.
  return reply.redirect(`${inner.slice(inner.lastIndexOf('/') + 1)}/`, 308)
}

async function logIn(options: HandlersOptions, call: Call): Promise<unknown> {
  const { loginLimit, token, logins, cookie, cookieScope, log } = options
  const { request, reply, verdict } = call
  const address = clientNetwork(request.ip)
  const candidate = tokenIn(request.body)
  loginLimit.requireRoom(address)
  if (!token.matches(candidate)) {
    loginLimit.countWrong(address)
    log.warn({ address }, 'wrong login')
    throw new LimpetError(
      'UNAUTHENTICATED',
      'The token is wrong. `limpet serve` prints the right link.',
    )
  }
  const secret = await logins.create()
  reply.header('set-cookie', cookie.set(secret, cookieScope(verdict)))
  log.info({ address }, 'logged in')
  return { principal: 'owner' }
}

async function logOut(options: HandlersOptions, { reply, verdict }: Call): Promise<unknown> {
  const hash = verdict.cookie?.login.hash
  if (hash !== undefined) {
    await options.logins.revoke(hash)
    options.handleLogOut(hash)
    options.log.info('logged out')
  }
  reply.header('set-cookie', options.cookie.clear(options.cookieScope(verdict)))
  return reply.code(204).send()
}

function sendFile(reply: FastifyReply, files: StaticFiles, path: string): Promise<unknown> {
  return Promise.resolve(reply.sendFile(path.slice(1), files.root))
}

function tokenIn(body: unknown): string {
  const token: unknown =
    typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined
  if (typeof token === 'string' && token.length <= MAX_TOKEN_LENGTH) return token.trim()
  throw new LimpetError('PARAMETERS_INVALID', 'Send JSON: {"token": "…"}.', {
    details: { parameter: 'token' },
  })
}

function principalOf({ principal }: Verdict): NonNullable<Verdict['principal']> {
  if (principal) return principal
  throw new LimpetError('UNAUTHENTICATED', 'Log in first.')
}

function upgradeRequired(): LimpetError {
  return new LimpetError('PROTOCOL_UNSUPPORTED', 'This address speaks WebSocket only.')
}
