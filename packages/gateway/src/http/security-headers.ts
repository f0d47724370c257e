// Owns the headers that every answer carries, errors and upgrades' refusals included. The page runs scripts, styles
// and connections of its own origin only; an end-to-end test proves that it needs no more.

import type { Origin } from '../auth/index.ts'
import { SCHEME_PORT } from '../config/index.ts'

/** @param own the origin of the page; undefined while the Host of the request is not known to be ours */
export function securityHeaders(own: Origin | undefined): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(own),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'clipboard-read=(self), clipboard-write=(self), camera=(), microphone=(), geolocation=()',
    // Everything but hashed assets, whose handler says otherwise.
    'cache-control': 'no-store',
  }
}

function contentSecurityPolicy(own: Origin | undefined): string {
  return [
    "default-src 'none'",
    // WebAssembly: xterm.js decodes pictures with it.
    "script-src 'self' 'wasm-unsafe-eval'",
    // xterm.js writes style elements.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    // 'self' covers WebSockets of the same origin in current browsers only.
    `connect-src 'self'${own ? ` ${webSocketOrigin(own)}` : ''}`,
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function webSocketOrigin({ scheme, host, port }: Origin): string {
  const isDefault = port === SCHEME_PORT[scheme]
  return `${scheme === 'https' ? 'wss' : 'ws'}://${host}${isDefault ? '' : `:${port}`}`
}
