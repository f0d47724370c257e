// Owns what let somebody in and may be taken back while they are there: a login that is revoked, a share that is
// revoked or expires, here or by another gateway on the same state. Whoever keeps something open for a request
// (a WebSocket, a long poll) is told in time.

import { GRANT_SWEEP_MS } from '../limits.ts'
import type { Logins } from './logins.ts'
import type { Shares } from './shares.ts'

/** The token cannot be taken back; a login is named by its hash, a share by its id. */
export type Grant =
  | { readonly by: 'token' }
  | { readonly by: 'login'; readonly hash: string }
  | { readonly by: 'share'; readonly id: string }

interface Watched {
  readonly grant: Grant
  readonly handleEnded: () => void
}

export class GrantWatch {
  readonly #logins: Logins
  readonly #shares: Shares
  readonly #watched = new Set<Watched>()
  readonly #timer: NodeJS.Timeout

  constructor(options: { logins: Logins; shares: Shares }) {
    this.#logins = options.logins
    this.#shares = options.shares
    this.#timer = setInterval(() => void this.#sweep(), GRANT_SWEEP_MS)
    this.#timer.unref()
  }

  /** @param handleEnded called at most once @returns ends the watching */
  watch(grant: Grant, handleEnded: () => void): () => void {
    if (grant.by === 'token') return () => {}
    const watched = { grant, handleEnded }
    this.#watched.add(watched)
    return () => void this.#watched.delete(watched)
  }

  /** Ends at once what this grant let in here; other gateways see it at their next sweep. */
  end(grant: Grant): void {
    for (const watched of this.#watched) {
      if (!isSame(watched.grant, grant)) continue
      this.#watched.delete(watched)
      watched.handleEnded()
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#watched.clear()
  }

  /** Each grant is looked up once, however many came by it. */
  async #sweep(): Promise<void> {
    const grants = new Map([...this.#watched].map(({ grant }) => [JSON.stringify(grant), grant]))
    for (const grant of grants.values()) {
      try {
        if (!(await this.#holds(grant))) this.end(grant)
      } catch {
        // The file cannot be read just now: nothing is known against this grant, and the next round asks again.
      }
    }
  }

  async #holds(grant: Grant): Promise<boolean> {
    if (grant.by === 'login') return (await this.#logins.named(grant.hash)) !== undefined
    if (grant.by === 'share') return (await this.#shares.named(grant.id)) !== undefined
    return true
  }
}

function isSame(one: Grant, other: Grant): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
