// Owns the logins of a state directory: random secrets given out as cookies, kept as SHA-256 in one file
// that all gateways on that state share. They survive any crash of a gateway; revoking one works everywhere.

import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { LOGIN_IDLE_MS, LOGIN_TOUCH_MS, MAX_LOGINS } from '../limits.ts'
import { withFileLock } from './file-lock.ts'
import { privateFileVersion, readPrivateFile, replacePrivateFile } from './private-file.ts'
import { hashOf, newSecret } from './secret.ts'

/** One browser that logged in. Times are milliseconds since 1970. */
export interface Login {
  /** SHA-256 of the secret; names the login. */
  readonly hash: string
  readonly createdAtMs: number
  /** When it was last used, to LOGIN_TOUCH_MS. */
  readonly seenAtMs: number
}

export class Logins {
  readonly #path: string
  readonly #clock: Clock
  #known: ReadonlyMap<string, Login> = new Map()
  #version: string | undefined

  constructor(options: { stateDirectory: string; clock: Clock }) {
    this.#path = join(options.stateDirectory, 'logins.json')
    this.#clock = options.clock
  }

  /** @returns the secret, which is nowhere else */
  async create(): Promise<string> {
    const secret = newSecret()
    const now = this.#clock.wallMs()
    const login = { hash: hashOf(secret), createdAtMs: now, seenAtMs: now }
    await this.#change((logins) => logins.set(login.hash, login))
    return secret
  }

  /** @returns the login of this secret while it holds */
  find(secret: string): Promise<Login | undefined> {
    return this.named(hashOf(secret))
  }

  async named(hash: string): Promise<Login | undefined> {
    await this.#refresh()
    const login = this.#known.get(hash)
    return login && this.#holds(login) ? login : undefined
  }

  /** Notes that it was used. @returns true when its time was moved on, so that the cookie should be, too */
  async touch({ hash, seenAtMs }: Login): Promise<boolean> {
    const now = this.#clock.wallMs()
    if (now - seenAtMs < LOGIN_TOUCH_MS) return false
    await this.#change((logins) => {
      const login = logins.get(hash) // another gateway may have revoked it meanwhile
      if (login) logins.set(hash, { ...login, seenAtMs: now })
    })
    return true
  }

  async revoke(hash: string): Promise<void> {
    await this.#change((logins) => logins.delete(hash))
  }

  #holds({ seenAtMs }: Login): boolean {
    return this.#clock.wallMs() - seenAtMs < LOGIN_IDLE_MS
  }

  async #change(change: (logins: Map<string, Login>) => unknown): Promise<void> {
    await withFileLock(`${this.#path}.lock`, this.#clock, async () => {
      await this.#refresh()
      const logins = new Map(this.#known)
      change(logins)
      const kept = [...logins.values()]
        .filter((login) => this.#holds(login))
        .toSorted((a, b) => b.seenAtMs - a.seenAtMs)
        .slice(0, MAX_LOGINS)
      await replacePrivateFile(this.#path, `${JSON.stringify({ logins: kept })}\n`)
      this.#version = undefined // read again what was written: one way in
      await this.#refresh()
    })
  }

  async #refresh(): Promise<void> {
    const version = await privateFileVersion(this.#path)
    if (version === this.#version && version !== undefined) return
    const file = await readPrivateFile(this.#path)
    this.#known = new Map(loginsIn(file?.text ?? '').map((login) => [login.hash, login]))
    this.#version = file?.version
  }
}

/** A file that is not ours counts as empty: everybody logs in again, nobody gets in. */
function loginsIn(text: string): readonly Login[] {
  try {
    const value: unknown = JSON.parse(text)
    const logins: unknown =
      typeof value === 'object' && value !== null && 'logins' in value ? value.logins : []
    return Array.isArray(logins) ? logins.filter(isLogin) : []
  } catch {
    return []
  }
}

function isLogin(value: unknown): value is Login {
  if (typeof value !== 'object' || value === null) return false
  const login = value as Record<string, unknown> // read field by field
  return (
    typeof login['hash'] === 'string' &&
    /^[0-9a-f]{64}$/.test(login['hash']) &&
    Number.isSafeInteger(login['createdAtMs']) &&
    Number.isSafeInteger(login['seenAtMs'])
  )
}
