// Sessions as a host would tell of them, for tests of what the page makes of the facts.

import { byteOffset, sessionIdFrom, type SessionId, type SessionInfo } from '@limpet/protocol'

/** @param number from 0 to 255; the same number gives the same id */
export function idOf(number: number): SessionId {
  return sessionIdFrom(new Uint8Array(16).fill(number))
}

export function sessionOf(facts: Partial<SessionInfo> = {}): SessionInfo {
  return {
    id: idOf(1),
    program: 'command',
    title: 'make test',
    cwd: '/home/ada/src',
    lifetime: 'kept',
    state: 'running',
    terminal: { columns: 80, rows: 24 },
    startedAt: 1_000_000,
    keptFrom: byteOffset(0),
    end: byteOffset(0),
    isDurable: true,
    viewers: 0,
    ...facts,
  }
}
