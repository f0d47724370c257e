// Owns the shares of a state directory: links that let others into one session. Their secrets are shown once and
// kept as SHA-256, in one file that all gateways on that state share; a share that was revoked or has expired is
// worth nothing anywhere. Must not know requests, nor what a session is.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import {
  LimpetError,
  MAX_SHARES,
  sessionIdFrom,
  SHARE_ROLES,
  parseSessionId,
  type MethodParams,
  type SessionId,
  type ShareInfo,
} from '@limpet/protocol'
import type { Clock } from '../clock.ts'
import { SHARE_DEFAULT_MS } from '../limits.ts'
import { PrivateList } from './private-list.ts'
import { hashOf, isHash, isSecret, newSecret } from './secret.ts'

/** What is kept of a share. */
export interface Share extends ShareInfo {
  /** SHA-256 of the secret. */
  readonly hash: string
}

const SHARE_ID = /^[0-9a-v]{13}$/

export class Shares {
  readonly #list: PrivateList<Share>
  readonly #clock: Clock

  constructor(options: { stateDirectory: string; clock: Clock }) {
    this.#clock = options.clock
    this.#list = new PrivateList({
      path: join(options.stateDirectory, 'shares.json'),
      name: 'shares',
      clock: options.clock,
      isEntry: isShare,
      keyOf: ({ id }) => id,
      keep: (shares) => shares.filter((share) => this.#holds(share)),
    })
  }

  /**
   * @returns the share and its secret of 256 bits, which is nowhere else
   * @throws LimpetError QUEUE_FULL when MAX_SHARES hold
   */
  async create(wish: MethodParams<'share.create'>): Promise<{ share: ShareInfo; secret: string }> {
    const secret = newSecret()
    const now = this.#clock.wallMs()
    const share: Share = {
      // The first 64 of 128 bits: no secret, only a name.
      id: sessionIdFrom(randomBytes(16)).slice(0, 13),
      session: wish.session,
      role: wish.role ?? 'viewer',
      name: wish.name ?? '',
      createdAt: now,
      expiresAt: now + (wish.forMs ?? SHARE_DEFAULT_MS),
      hash: hashOf(secret),
    }
    await this.#list.change((shares) => {
      const holding = [...shares.values()].filter((one) => this.#holds(one)).length
      if (holding >= MAX_SHARES) throw tooMany(holding)
      shares.set(share.id, share)
    })
    return { share: infoOf(share), secret }
  }

  /** Those that hold, newest first. */
  async list(session?: SessionId): Promise<readonly ShareInfo[]> {
    return [...(await this.#list.read()).values()]
      .filter((share) => this.#holds(share) && (session === undefined || share.session === session))
      .toSorted((a, b) => b.createdAt - a.createdAt)
      .map(infoOf)
  }

  /** @returns the share of this id while it holds */
  async named(id: string): Promise<Share | undefined> {
    const share = (await this.#list.read()).get(id)
    return share && this.#holds(share) ? share : undefined
  }

  /** @returns the share, when it holds and this is its secret */
  async find(id: string, secret: string): Promise<Share | undefined> {
    const share = await this.named(id)
    return share && isSecret(secret, share.hash) ? share : undefined
  }

  /** @throws LimpetError SHARE_NOT_FOUND */
  async revoke(id: string): Promise<void> {
    if (!(await this.named(id))) throw notFound(id)
    await this.#list.change((shares) => shares.delete(id))
  }

  /** Forgets those made before `beforeMs` whose session is gone. @returns how many there were */
  async forget(isGone: (session: SessionId) => boolean, beforeMs: number): Promise<number> {
    const isDead = (share: ShareInfo): boolean =>
      share.createdAt < beforeMs && isGone(share.session)
    const dead = (await this.list()).filter(isDead)
    if (dead.length === 0) return 0
    await this.#list.change((shares) => dead.forEach(({ id }) => shares.delete(id)))
    return dead.length
  }

  #holds({ expiresAt }: ShareInfo): boolean {
    return this.#clock.wallMs() < expiresAt
  }
}

function infoOf({ id, session, role, name, createdAt, expiresAt }: Share): ShareInfo {
  return { id, session, role, name, createdAt, expiresAt }
}

function isShare(value: unknown): value is Share {
  if (typeof value !== 'object' || value === null) return false
  const share = value as Record<string, unknown> // read field by field
  const { id, session, role, name } = share
  return (
    typeof id === 'string' &&
    SHARE_ID.test(id) &&
    typeof session === 'string' &&
    parseSessionId(session) !== undefined &&
    SHARE_ROLES.some((known) => known === role) &&
    typeof name === 'string' &&
    Number.isSafeInteger(share['createdAt']) &&
    Number.isSafeInteger(share['expiresAt']) &&
    isHash(share['hash'])
  )
}

function tooMany(holding: number): LimpetError {
  return new LimpetError('QUEUE_FULL', `There are ${holding} shares already; revoke some first.`, {
    details: { shares: holding, limit: MAX_SHARES },
  })
}

function notFound(id: string): LimpetError {
  return new LimpetError('SHARE_NOT_FOUND', `There is no share ${id}.`, { details: { share: id } })
}
