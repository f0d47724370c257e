// Owns the login of this browser: whether it has one, and trading a token for one. The cookie is the browser's
// business; no script sees it. After: connection.ts opens the WebSocket with it.

/** What the gateway said, or that nobody answered. */
export type LoginAnswer =
  | { readonly state: 'in' }
  | { readonly state: 'out' }
  | { readonly state: 'refused'; readonly message: string }
  | { readonly state: 'unreachable' }

/** Relative: the page may live below any path. */
const LOGIN_ADDRESS = 'api/login'
const LOG_OUT_ADDRESS = 'api/logout'
const DEADLINE_MS = 10_000

/** Asks whether this browser is logged in. */
export async function checkLogin(): Promise<LoginAnswer> {
  const response = await ask(LOGIN_ADDRESS, { method: 'GET' })
  if (response === undefined) return { state: 'unreachable' }
  if (response.ok) return { state: 'in' }
  return response.status === 401 ? { state: 'out' } : { state: 'unreachable' }
}

/** Trades a token for a login. */
export async function logIn(token: string): Promise<LoginAnswer> {
  const response = await ask(LOGIN_ADDRESS, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  if (response === undefined) return { state: 'unreachable' }
  if (response.ok) return { state: 'in' }
  return { state: 'refused', message: await messageOf(response) }
}

/** Takes this browser's login back; its connections end. */
export async function logOut(): Promise<void> {
  await ask(LOG_OUT_ADDRESS, { method: 'POST' })
}

/** @param hash of the address: `#t=TOKEN`, as `limpet serve` prints it */
export function tokenInHash(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, '')).get('t') || undefined
}

/**
 * @param address of the page: a share's ends with `/s/ID/`
 * @returns the share's id, when the page was opened by one
 */
export function shareInAddress(address: string): string | undefined {
  return /\/s\/([0-9a-v]{13})\/$/.exec(new URL(address).pathname)?.[1]
}

/** @param hash of a share's address: `#SECRET` and nothing else */
export function secretInHash(hash: string): string | undefined {
  return hash.replace(/^#/, '') || undefined
}

/** What people paste: the token alone, or the whole link with it. */
export function tokenIn(text: string): string {
  const trimmed = text.trim()
  const hash = trimmed.indexOf('#')
  return (hash === -1 ? undefined : tokenInHash(trimmed.slice(hash))) ?? trimmed
}

async function ask(address: string, options: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(address, { ...options, signal: AbortSignal.timeout(DEADLINE_MS) })
  } catch {
    return undefined // no network, no gateway, or too slow: all the same to who asks
  }
}

async function messageOf(response: Response): Promise<string> {
  const fallback = `The gateway answered ${response.status}.`
  try {
    const body: unknown = await response.json()
    const error = property(body, 'error')
    const message = property(error, 'message')
    return typeof message === 'string' ? message : fallback
  } catch {
    return fallback // a proxy's page, or nothing
  }
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}
