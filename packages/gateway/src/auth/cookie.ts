// Owns the cookies: their names, their attributes, and reading them from a request.

import { parseCookie, stringifySetCookie } from 'cookie'

/** Where a cookie is valid. */
export interface CookieScope {
  /** Path under which the browser sends it; begins and ends with "/". */
  readonly path: string
  readonly isSecure: boolean
}

export class Cookie {
  readonly name: string

  /**
   * Cookies ignore ports: each carries the identity of the state. That of a share has a name of its own as well, so
   * that it never stands for another one, nor for the owner's.
   * @param identity 8 hex digits
   */
  constructor(identity: string, share?: string) {
    this.name = share === undefined ? `limpet-${identity}` : `limpet-${identity}-${share}`
  }

  /** @returns the secret that the browser sent, if any */
  read(header: string | undefined): string | undefined {
    return header === undefined ? undefined : parseCookie(header)[this.name]
  }

  /** A Set-Cookie header. */
  set(secret: string, scope: CookieScope, forMs: number): string {
    return this.#serialize(secret, scope, Math.floor(forMs / 1000))
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
