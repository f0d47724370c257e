// Owns logging in and out, as owner and by a share: a secret that is shown once becomes a cookie. Must not decide
// what a cookie is good for; auth/ does.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { LimpetError } from '@limpet/protocol'
import {
  clientNetwork,
  Cookie,
  type CookieScope,
  type Grant,
  type LoginLimit,
  type Logins,
  type Shares,
  type Token,
  type Verdict,
} from '../auth/index.ts'
import type { Clock } from '../clock.ts'
import { LOGIN_IDLE_MS } from '../limits.ts'
import type { Logger } from '../log.ts'

export interface LoginHandlersOptions {
  readonly token: Token
  readonly logins: Logins
  readonly shares: Shares
  readonly loginLimit: LoginLimit
  /** 8 hex digits, for the names of cookies. */
  readonly identity: string
  /** Where the cookie of the one who asks is valid. */
  readonly cookieScope: (verdict: Verdict) => CookieScope
  /** Called after a login was revoked, so that its connections end at once. */
  readonly handleLogOut: (grant: Grant) => void
  readonly clock: Clock
  readonly log: Logger
}

interface Call {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly verdict: Verdict
}

/** Longer than any token; more is not even hashed. */
const MAX_TOKEN_LENGTH = 256

export async function logIn(options: LoginHandlersOptions, call: Call): Promise<unknown> {
  const { token, logins, identity, cookieScope, log } = options
  const { address } = await checked(options, call, {
    look: (secret) => Promise.resolve(token.matches(secret) || undefined),
    hint: 'The token is wrong. `limpet serve` prints the right link.',
  })
  const cookie = new Cookie(identity).set(
    await logins.create(),
    cookieScope(call.verdict),
    LOGIN_IDLE_MS,
  )
  call.reply.header('set-cookie', cookie)
  log.info({ address }, 'logged in')
  return { principal: 'owner' }
}

/** The secret of a share is its cookie as well: both end with the share. */
export async function shareLogIn(options: LoginHandlersOptions, call: Call): Promise<unknown> {
  const { shares, identity, cookieScope, clock, log } = options
  const id = call.verdict.params.share ?? ''
  const { address, secret, found } = await checked(options, call, {
    look: (candidate) => shares.find(id, candidate),
    hint: 'This link does not hold: it was revoked, it has expired, or it is not whole.',
  })
  const forMs = found.expiresAt - clock.wallMs()
  const cookie = new Cookie(identity, id).set(secret, cookieScope(call.verdict), forMs)
  call.reply.header('set-cookie', cookie)
  log.info({ address, share: id }, 'logged in by a share')
  return { principal: `share:${id}` }
}

export async function logOut(
  options: LoginHandlersOptions,
  { reply, verdict }: Call,
): Promise<unknown> {
  const { logins, identity, cookieScope, handleLogOut, log } = options
  const hash = verdict.cookie?.login.hash
  if (hash !== undefined) {
    await logins.revoke(hash)
    handleLogOut({ by: 'login', hash })
    log.info('logged out')
  }
  reply.header('set-cookie', new Cookie(identity).clear(cookieScope(verdict)))
  return reply.code(204).send()
}

/** Only this browser forgets it: others may be there by the same share. */
export function shareLogOut(
  { identity, cookieScope }: LoginHandlersOptions,
  { reply, verdict }: Call,
): Promise<unknown> {
  const cookie = new Cookie(identity, verdict.params.share ?? '')
  reply.header('set-cookie', cookie.clear(cookieScope(verdict)))
  return Promise.resolve(reply.code(204).send())
}

/**
 * Looks at what was sent, unless too much was wrong already.
 * @throws LimpetError PARAMETERS_INVALID, TOO_MANY_LOGINS, UNAUTHENTICATED
 */
async function checked<T>(
  { loginLimit, log }: LoginHandlersOptions,
  { request }: Call,
  { look, hint }: { look: (secret: string) => Promise<T | undefined>; hint: string },
): Promise<{ address: string; secret: string; found: T }> {
  const address = clientNetwork(request.ip)
  const secret = tokenIn(request.body)
  const found = await loginLimit.attempt(address, () => look(secret))
  if (found !== undefined) return { address, secret, found }
  log.warn({ address }, 'wrong login')
  throw new LimpetError('UNAUTHENTICATED', hint)
}

function tokenIn(body: unknown): string {
  const token: unknown =
    typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined
  if (typeof token === 'string' && token.length <= MAX_TOKEN_LENGTH) return token.trim()
  throw new LimpetError('PARAMETERS_INVALID', 'Send JSON: {"token": "…"}.', {
    details: { parameter: 'token' },
  })
}
