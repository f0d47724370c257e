// Owns what both platforms are told to dial, and what a refused handshake means. Before: `connect`; after:
// the platform's WebSocket.

import { ERRORS, isErrorCode, LimpetError, NATIVE_SUBPROTOCOL } from '@limpet/protocol'
import type { ErrorCode, ErrorDefinition } from '@limpet/protocol'

export interface DialTarget {
  /** ws: or wss:, ending in the gateway's `/ws`. */
  readonly url: URL
  readonly token: string | undefined
}

/** The same place for plain HTTP. */
export function httpUrlOf(target: DialTarget): URL {
  const url = new URL(target.url)
  url.protocol = url.protocol === 'wss:' ? 'https:' : 'http:'
  return url
}

/**
 * What an HTTP answer instead of a WebSocket means: the gateway's code if its body names one, else what the
 * status says.
 */
export function refusalOf(target: DialTarget, status: number, body: string): LimpetError {
  const said = errorIn(body)
  const code = said?.code ?? codeOfStatus(status)
  const message = said?.message ?? ERRORS[code].meaning
  return new LimpetError(code, `${target.url.host} refused with HTTP ${status}: ${message}`, {
    details: { ...said?.details, status },
  })
}

/** A server that took the handshake, but is no gateway. */
export function otherProtocol(target: DialTarget, chosen: string): LimpetError {
  return new LimpetError(
    'PROTOCOL_UNSUPPORTED',
    `${target.url.host} chose the subprotocol "${chosen}"; "${NATIVE_SUBPROTOCOL}" is needed.`,
    { details: { chosen, needed: NATIVE_SUBPROTOCOL } },
  )
}

export function unreachable(target: DialTarget, cause: unknown): LimpetError {
  const why = cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : ''
  return new LimpetError('CONNECTION_LOST', `Could not connect to ${target.url.host}${why}.`, {
    details: { host: target.url.host },
    cause,
  })
}

function errorIn(
  body: string,
): { code: ErrorCode; message: string; details: Record<string, unknown> } | undefined {
  try {
    // The shape is looked at field by field: anybody may have answered.
    const { error } = JSON.parse(body) as { error?: Record<string, unknown> | null }
    if (!error || !isErrorCode(error['code'])) return undefined
    const { code, message, details } = error
    const isObject = typeof details === 'object' && details !== null
    return {
      code,
      message: typeof message === 'string' ? message : ERRORS[code].meaning,
      details: isObject ? { ...details } : {},
    }
  } catch {
    return undefined // no JSON: a proxy's own page, or nothing
  }
}

/** The first code of the registry with that status; any other answer may change with time. */
function codeOfStatus(status: number): ErrorCode {
  const known: ReadonlySet<number> = new Set([401, 403, 421, 426, 429, 503])
  for (const [code, definition] of Object.entries<ErrorDefinition>(ERRORS)) {
    if (known.has(status) && definition.http === status && isErrorCode(code)) return code
  }
  return 'CONNECTION_LOST'
}
