// Owns what each route answers. Who may ask was decided before (door.ts); nothing here asks again.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { LimpetError } from '@limpet/protocol'
import type { Verdict } from '../auth/index.ts'
import type { HealthReport } from '../health.ts'
import type { RestHandlers } from '../rest/index.ts'
import type { HandlerName } from '../route-table.ts'
import { notHere } from './door.ts'
import {
  logIn,
  logOut,
  shareLogIn,
  shareLogOut,
  type LoginHandlersOptions,
} from './login-handlers.ts'
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
  readonly login: LoginHandlersOptions
  readonly rest: RestHandlers
  readonly health: () => HealthReport
}

export function createHandlers(options: HandlersOptions): Readonly<Record<HandlerName, Handler>> {
  const { login, rest } = options
  return {
    page: ({ reply }) => sendPage(options, reply),
    pageFile: ({ reply, verdict }) => sendPageFile(options, reply, verdict.rest),
    health: () => Promise.resolve(options.health()),
    logIn: (call) => logIn(login, call),
    showLogin: ({ verdict }) => Promise.resolve(loginOf(verdict)),
    logOut: (call) => logOut(login, call),
    shareLogIn: (call) => shareLogIn(login, call),
    shareLogOut: (call) => shareLogOut(login, call),
    listSessions: (call) => rest.list(call),
    showSession: (call) => rest.show(call),
    readOutput: (call) => rest.output(call),
    example: ({ reply, verdict }) => sendExample(options, reply, verdict.rest),
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
  const file = path.endsWith('/') ? `${path}index.html` : path
  const found = await examples.find(file)
  if (found === 'file') return sendFile(reply, examples, file)
  if (found === undefined) throw notHere()
  // Relative, since a proxy may have put anything before our path.
  return reply.redirect(`${path.slice(path.lastIndexOf('/') + 1)}/`, 308)
}

function sendFile(reply: FastifyReply, files: StaticFiles, path: string): Promise<unknown> {
  return Promise.resolve(reply.sendFile(path.slice(1), files.root))
}

/** Who asks, and what that one may do; for a share also what it is called, and its one session. */
function loginOf({ principal }: Verdict): Readonly<Record<string, unknown>> {
  if (!principal) throw new LimpetError('UNAUTHENTICATED', 'Log in first.')
  const { name, displayName, role, rights, session } = principal
  return {
    principal: name,
    role,
    rights,
    ...(displayName !== undefined && { name: displayName }),
    ...(session !== undefined && { session }),
  }
}

function upgradeRequired(): LimpetError {
  return new LimpetError('PROTOCOL_UNSUPPORTED', 'This address speaks WebSocket only.')
}
