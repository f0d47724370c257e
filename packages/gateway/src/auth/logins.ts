// Owns the logins of a state directory: random secrets given out as cookies, kept as SHA-256 in one file
// that all gateways on that state share. They survive any crash of a gateway; revoking one works everywhere.

import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { LOGIN_IDLE_MS, LOGIN_TOUCH_MS, MAX_LOGINS } from '../limits.ts'
import { PrivateList } from './private-list.ts'
import { hashOf, isHash, newSecret } from './secret.ts'

/** One browser that logged in. Times are milliseconds since 1970. */
export interface Login {
  /** SHA-256 of the secret; names the login. */
  readonly hash: string
  readonly createdAtMs: number
  /** When it was last used, to LOGIN_TOUCH_MS. */
  readonly seenAtMs: number
}

export class Logins {
  readonly #list: PrivateList<Login>
  readonly #clock: Clock

  constructor(options: { stateDirectory: string; clock: Clock }) {
    this.#clock = options.clock
    this.#list = new PrivateList({
      path: join(options.stateDirectory, 'logins.json'),
      name: 'logins',
      clock: options.clock,
      isEntry: isLogin,
      keyOf: ({ hash }) => hash,
      keep: (logins) =>
        logins
          .filter((login) => this.#holds(login))
          .toSorted((a, b) => b.seenAtMs - a.seenAtMs)
          .slice(0, MAX_LOGINS),
    })
  }

  /** @returns the secret, which is nowhere else */
  async create(): Promise<string> {
    const secret = newSecret()
    const now = this.#clock.wallMs()
    const login = { hash: hashOf(secret), createdAtMs: now, seenAtMs: now }
    await this.#list.change((logins) => logins.set(login.hash, login))
    return secret
  }

  /** @returns the login of this secret while it holds */
  find(secret: string): Promise<Login | undefined> {
    return this.named(hashOf(secret))
  }

  async named(hash: string): Promise<Login | undefined> {
    const login = (await this.#list.read()).get(hash)
    return login && this.#holds(login) ? login : undefined
  }

  /** Notes that it was used. @returns true when its time was moved on, so that the cookie should be, too */
  async touch({ hash, seenAtMs }: Login): Promise<boolean> {
    const now = this.#clock.wallMs()
    if (now - seenAtMs < LOGIN_TOUCH_MS) return false
    await this.#list.change((logins) => {
      const login = logins.get(hash) // another gateway may have revoked it meanwhile
      if (login) logins.set(hash, { ...login, seenAtMs: now })
    })
    return true
  }

  async revoke(hash: string): Promise<void> {
    await this.#list.change((logins) => logins.delete(hash))
  }

  #holds({ seenAtMs }: Login): boolean {
    return this.#clock.wallMs() - seenAtMs < LOGIN_IDLE_MS
  }
}

function isLogin(value: unknown): value is Login {
  if (typeof value !== 'object' || value === null) return false
  const login = value as Record<string, unknown> // read field by field
  return (
    isHash(login['hash']) &&
    Number.isSafeInteger(login['createdAtMs']) &&
    Number.isSafeInteger(login['seenAtMs'])
  )
}
