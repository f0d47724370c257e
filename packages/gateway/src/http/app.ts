// Owns the Fastify application: routes from the table and from nowhere else, errors as JSON, the limits of the
// server. Before: door.ts, which lets a request in; after: handlers.ts.

import { fastifyStatic } from '@fastify/static'
import { fastify, type FastifyInstance } from 'fastify'
import { createServer, type Server } from 'node:http'
import { LimpetError } from '@limpet/protocol'
import { Cookie, type CookieScope, type Logins, type Verdict } from '../auth/index.ts'
import {
  DEADLINE_SWEEP_MS,
  DROPPED_LOG_MS,
  HEADERS_DEADLINE_MS,
  KEEP_ALIVE_MS,
  LOGIN_IDLE_MS,
  MAX_BODY_BYTES,
  REQUEST_DEADLINE_MS,
} from '../limits.ts'
import type { Logger } from '../log.ts'
import { ROUTES, type HandlerName } from '../route-table.ts'
import { notHere, type Door } from './door.ts'
import { answerOnSocket, errorAnswer } from './error-answer.ts'
import type { Handler } from './handlers.ts'

export interface AppOptions {
  readonly door: Door
  readonly handlers: Readonly<Record<HandlerName, Handler>>
  readonly logins: Logins
  /** 8 hex digits, for the name of the cookie. */
  readonly identity: string
  readonly cookieScope: (verdict: Verdict) => CookieScope
  readonly maxConnections: number
  readonly log: Logger
}

export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { door, handlers, log } = options
  const app = fastify({
    serverFactory: (serve) => createHttpServer(options, serve),
    bodyLimit: MAX_BODY_BYTES,
    // Ours says what happened without saying who sent what.
    logger: false,
    // Sockets of browsers are kept alive; closing must not wait for them.
    forceCloseConnections: true,
    clientErrorHandler: (error, socket) => {
      const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW'
      const code = isTooLarge ? 'FRAME_TOO_LARGE' : 'MESSAGE_MALFORMED'
      answerOnSocket(socket, new LimpetError(code, 'That was no request that could be read.'), log)
    },
    // A path that cannot be decoded: nothing is there.
    frameworkErrors: (_error, _request, reply) => {
      const { status, headers, body } = errorAnswer(notHere(), log)
      reply.hijack()
      reply.raw.writeHead(status, headers).end(body)
    },
  })
  // Fastify would take text/plain as well, which any page may send without being asked back.
  app.removeContentTypeParser('text/plain')
  await app.register(fastifyStatic, {
    serve: false,
    cacheControl: false,
    index: false,
    dotfiles: 'deny',
    // The page is built with `.br` and `.gz` copies of its files.
    preCompressed: true,
  })
  app.setErrorHandler((error, _request, reply) => {
    const { status, headers, body } = errorAnswer(error, log)
    return reply.code(status).headers(headers).send(body)
  })
  app.setNotFoundHandler(() => {
    throw notHere()
  })
  app.addHook('onRequest', (request, reply) =>
    keepLogin(options, door.verdictOn(request.raw), reply),
  )
  for (const route of ROUTES) {
    app.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => {
        const verdict = door.verdictOn(request.raw)
        // Fastify's router decodes paths, the door does not. What they do not agree on is not served.
        if (verdict.route !== route) throw notHere()
        return handlers[route.handler]({ request, reply, verdict })
      },
    })
  }
  return app
}

function createHttpServer(
  { door, maxConnections, log }: AppOptions,
  serve: Parameters<Door['handleRequest']>[2],
): Server {
  const server = createServer(
    {
      headersTimeout: HEADERS_DEADLINE_MS,
      requestTimeout: REQUEST_DEADLINE_MS,
      connectionsCheckingInterval: DEADLINE_SWEEP_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => void door.handleRequest(request, response, serve),
  )
  server.maxConnections = maxConnections
  noteLostConnections(server, log)
  return server
}

/** Whoever comes when there is no room is hung up on; that is said, but not once for each. */
function noteLostConnections(server: Server, log: Logger): void {
  let lost = 0
  let timer: NodeJS.Timeout | undefined
  const note = (error?: Error): void => {
    lost += 1
    timer ??= setTimeout(() => {
      log.warn({ lost, err: error }, 'connections were dropped: there is no room for more')
      lost = 0
      timer = undefined
    }, DROPPED_LOG_MS).unref()
  }
  server.on('drop', () => note())
  server.on('listening', () => {
    // Accepting failed (EMFILE): without a listener that would end the process.
    server.on('error', (error) => note(error))
  })
}

/** Thirty days from the last use: the file and the cookie move on together. */
async function keepLogin(
  { logins, identity, cookieScope, log }: AppOptions,
  verdict: Verdict,
  reply: { header(name: string, value: string): unknown },
): Promise<void> {
  // Not beside what everybody may have: a proxy keeps assets for others, and would keep the cookie with them.
  if (!verdict.cookie || verdict.route?.access !== 'login') return
  try {
    if (await logins.touch(verdict.cookie.login)) {
      const cookie = new Cookie(identity)
      const { secret } = verdict.cookie
      reply.header('set-cookie', cookie.set(secret, cookieScope(verdict), LOGIN_IDLE_MS))
    }
  } catch (error) {
    log.warn({ err: error }, 'a login could not be moved on') // it still holds: the request goes on
  }
}
