// Owns what people ask of shares: making, listing, revoking them. The gateway serves these, since links that let
// somebody in are its business; whether a session exists is the host's.

import { LimpetError, type MethodParams, type MethodResult } from '@limpet/protocol'
import type { GrantWatch, Principal, Shares } from './auth/index.ts'
import type { Clock } from './clock.ts'
import type { Hosts } from './hosts.ts'
import { SHARE_TIDY_MS } from './limits.ts'
import type { Logger } from './log.ts'

export interface ShareDeskOptions {
  readonly shares: Shares
  readonly hosts: Hosts
  readonly grants: GrantWatch
  /** Where people reach this gateway by default; ends in "/". */
  readonly base: () => string
  readonly clock: Clock
  readonly log: Logger
}

/** Looks at what exists; changes nothing. */
const TIDIER: Principal = { name: 'gateway', role: 'viewer', rights: ['view'] }

export class ShareDesk {
  readonly #options: ShareDeskOptions
  readonly #timer: NodeJS.Timeout

  constructor(options: ShareDeskOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.tidy(), SHARE_TIDY_MS)
    this.#timer.unref()
  }

  /** @throws LimpetError FORBIDDEN, SESSION_NOT_FOUND, QUEUE_FULL */
  async create(
    principal: Principal,
    wish: MethodParams<'share.create'>,
  ): Promise<MethodResult<'share.create'>> {
    requireOwner(principal)
    const { hosts, shares, base, log } = this.#options
    if (!(await hosts.session(principal, wish.session))) throw noSession(wish.session)
    const { share, secret } = await shares.create(wish)
    log.info({ share: share.id, session: share.session, role: share.role }, 'shared')
    const path = `s/${share.id}/#${secret}`
    return { share, path, link: `${base()}${path}` }
  }

  /** @throws LimpetError FORBIDDEN */
  async list(
    principal: Principal,
    { session }: MethodParams<'share.list'>,
  ): Promise<MethodResult<'share.list'>> {
    requireOwner(principal)
    await this.tidy()
    return { shares: await this.#options.shares.list(session) }
  }

  /** Whoever is there by it is let out. @throws LimpetError FORBIDDEN, SHARE_NOT_FOUND */
  async revoke(principal: Principal, { share: id }: MethodParams<'share.revoke'>): Promise<void> {
    requireOwner(principal)
    await this.#options.shares.revoke(id)
    this.#options.grants.end({ by: 'share', id })
    this.#options.log.info({ share: id }, 'a share was revoked')
  }

  /** Forgets the shares of sessions that are gone. */
  async tidy(): Promise<void> {
    const { shares, hosts, clock, log } = this.#options
    try {
      // What was shared after we asked may be missing in the answer.
      const askedAtMs = clock.wallMs()
      if (hosts.state !== 'responsive' || (await shares.list()).length === 0) return
      const there = new Set((await hosts.sessions(TIDIER)).map(({ id }) => id))
      const forgotten = await shares.forget((session) => !there.has(session), askedAtMs)
      if (forgotten > 0)
        log.info({ shares: forgotten }, 'shares of removed sessions were forgotten')
    } catch (error) {
      log.warn({ err: error }, 'shares were not tidied') // they show nothing; the next round tries again
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

/** The host knows no shares, so it cannot be the one who checks this right. */
function requireOwner({ rights }: Principal): void {
  if (rights.includes('administer')) return
  throw new LimpetError('FORBIDDEN', 'Only the owner shares sessions.', {
    details: { right: 'administer' },
  })
}

function noSession(session: string): LimpetError {
  return new LimpetError('SESSION_NOT_FOUND', `There is no session ${session}.`, {
    details: { session },
  })
}
