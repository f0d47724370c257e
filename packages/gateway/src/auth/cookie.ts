// Owns the login cookie: its name, its attributes, and reading it from a request.

import { parseCookie, stringifySetCookie } from 'cookie'
import { LOGIN_IDLE_MS } from '../limits.ts'

/** Where a cookie is valid. */
export interface CookieScope {
  /** Path under which the browser sends it; begins and ends with "/". */
  readonly path: string
  readonly isSecure: boolean
}

export class LoginCookie {
  /** Carries the identity of the state: cookies ignore ports. */
  readonly name: string

  /** @param identity 8 hex digits */
  constructor(identity: string) {
    this.name = `limpet-${identity}`
  }

  /** @returns the secret that the browser sent, if any */
  read(header: string | undefined): string | undefined {
    return header === undefined ? undefined : parseCookie(header)[this.name]
  }

  /** A Set-Cookie header for 30 days from now. */
  set(secret: string, scope: CookieScope): string {
    return this.#serialize(secret, scope, Math.floor(LOGIN_IDLE_MS / 1000))
  }

  /** A Set-Cookie header that takes it away. */
  clear(scope: CookieScope): string {
    return this.#serialize('', scope, 0)
  }

  #serialize(value: string, { path, isSecure }: CookieScope, maxAge: number): string {
    return stringifySetCookie({
      name: this.name,
      value,
      path,
      maxAge,
      httpOnly: true,
      sameSite: 'strict',
      secure: isSecure,
    })
  }
}
