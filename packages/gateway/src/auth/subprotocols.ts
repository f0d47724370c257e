// Owns what a WebSocket client offers beside the dialect it wants to speak: browsers cannot set headers on an
// upgrade, so a page that has no cookie offers its token as the subprotocol `bearer.TOKEN`.

import type { IncomingMessage } from 'node:http'

const BEARER = 'bearer.'

/** All that was offered, in order. Never to be echoed as it is: a token may be among it. */
export function offeredSubprotocols(request: Pick<IncomingMessage, 'headers'>): readonly string[] {
  const header = request.headers['sec-websocket-protocol']
  return header === undefined ? [] : header.split(',').map((name) => name.trim())
}

/** @returns the token that was offered, if any */
export function tokenAmong(offered: readonly string[]): string | undefined {
  return offered.find((name) => name.startsWith(BEARER))?.slice(BEARER.length)
}

/** What a server may choose from. */
export function dialectsAmong(offered: readonly string[]): readonly string[] {
  return offered.filter((name) => !name.startsWith(BEARER))
}
