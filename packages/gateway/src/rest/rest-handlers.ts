// Owns the answers of the REST routes: sessions, and their output by offset. Who may ask was decided before (door.ts);
// which sessions there are for them is the host's to say, on a link with their rights.

import type { FastifyReply } from 'fastify'
import { LimpetError, type SessionInfo } from '@limpet/protocol'
import type { Grant, GrantWatch, Principal, Verdict } from '../auth/index.ts'
import type { Hosts } from '../hosts.ts'
import { MAX_GUEST_REST_READS, MAX_REST_READS, REST_SEND_DEADLINE_MS } from '../limits.ts'
import { parseOutputQuery } from './output-query.ts'
import { readOutput, type OutputAnswer } from './read-output.ts'

export interface RestOptions {
  readonly hosts: Hosts
  readonly grants: GrantWatch
}

/** One request that was let in. */
interface Call {
  readonly reply: FastifyReply
  readonly verdict: Verdict
}

export class RestHandlers {
  readonly #options: RestOptions
  /** Who let those in that are being answered; until the last byte of the answer has left. */
  readonly #reads = new Set<{ readonly isGuest: boolean }>()

  constructor(options: RestOptions) {
    this.#options = options
  }

  async list({ verdict }: Call): Promise<{ sessions: readonly SessionInfo[] }> {
    const { principal } = insiderOf(verdict)
    return { sessions: await this.#options.hosts.sessions(principal) }
  }

  async show({ verdict }: Call): Promise<{ session: SessionInfo }> {
    const { principal } = insiderOf(verdict)
    const id = sessionIn(verdict)
    const session = await this.#options.hosts.session(principal, id)
    if (session) return { session }
    throw new LimpetError('SESSION_NOT_FOUND', `There is no session ${id}.`, {
      details: { session: id },
    })
  }

  async output({ reply, verdict }: Call): Promise<unknown> {
    const { principal, grant } = insiderOf(verdict)
    const query = parseOutputQuery(verdict.query)
    const session = sessionIn(verdict)
    this.#enter(reply, grant)
    const abort = new AbortController()
    const unwatch = this.#options.grants.watch(grant, () => abort.abort(noLonger()))
    const handleGone = (): void => abort.abort(new LimpetError('CONNECTION_LOST', 'It hung up.'))
    // Who hung up while the request was being decided on has been heard already.
    if (reply.raw.destroyed) handleGone()
    reply.raw.once('close', handleGone)
    try {
      const channel = await this.#options.hosts.open(principal)
      const answer = await readOutput({ channel, session, query, signal: abort.signal })
      return await reply.headers(headersOf(answer)).send(answer.part.body)
    } finally {
      endIfUnread(reply)
      reply.raw.off('close', handleGone)
      unwatch()
    }
  }

  /**
   * Takes a place until the answer has left: one that nobody reads holds its memory as long.
   * @throws LimpetError QUEUE_FULL
   */
  #enter({ raw }: FastifyReply, { by }: Grant): void {
    // Node tells a response that waits behind another one nothing of the end of their connection.
    if (raw.socket === null) throw behindAnother()
    const read = { isGuest: by === 'share' }
    const guests = [...this.#reads].filter(({ isGuest }) => isGuest).length
    const isFull = read.isGuest && guests >= MAX_GUEST_REST_READS
    if (isFull || this.#reads.size >= MAX_REST_READS) throw tooMany(this.#reads.size)
    if (raw.destroyed) return
    this.#reads.add(read)
    raw.once('close', () => this.#reads.delete(read))
  }
}

/** A client that does not take its answer in time is hung up on. */
function endIfUnread({ raw }: FastifyReply): void {
  if (raw.destroyed) return
  const deadline = setTimeout(() => raw.destroy(), REST_SEND_DEADLINE_MS)
  deadline.unref()
  raw.once('close', () => clearTimeout(deadline))
}

/** What a reader needs to go on; said beside the bytes, which are exactly those of the process. */
function headersOf({ part, state }: OutputAnswer): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/octet-stream',
    'limpet-from': String(part.from),
    'limpet-next': String(part.next),
    'limpet-end': String(part.end),
    ...(part.gap && { 'limpet-gap': `${part.gap.from}-${part.gap.to}` }),
    'limpet-state': state,
  }
}

function insiderOf({ principal, grant }: Verdict): { principal: Principal; grant: Grant } {
  if (principal && grant) return { principal, grant }
  throw new LimpetError('UNAUTHENTICATED', 'Log in first.')
}

function sessionIn({ params }: Verdict): NonNullable<Verdict['params']['session']> {
  if (params.session !== undefined) return params.session
  throw new LimpetError('INTERNAL', 'The route names no session.')
}

function noLonger(): LimpetError {
  return new LimpetError('UNAUTHENTICATED', 'The login or share has ended meanwhile.')
}

function behindAnother(): LimpetError {
  return new LimpetError(
    'QUEUE_FULL',
    'The request before this one on the same connection is not answered yet; send it then, or on another connection.',
    { details: { retryAfterSeconds: 1 } },
  )
}

function tooMany(requests: number): LimpetError {
  return new LimpetError('QUEUE_FULL', `${requests} requests for output wait already.`, {
    details: { requests, limit: MAX_REST_READS, retryAfterSeconds: 1 },
  })
}
