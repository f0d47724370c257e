// Owns the first line and the Host of a request: what is asked for, and under which name. RFC 9112 §3.2.

import type { IncomingMessage } from 'node:http'
import { LimpetError } from '@limpet/protocol'
import { parseAuthority, type Authority } from './host-names.ts'

/** What is asked for, as it was written: nothing is decoded, so that everybody sees the same path. */
export interface RequestTarget {
  /** Begins with "/". */
  readonly path: string
  /** Without "?"; empty when there is none. */
  readonly query: string
  /** Undefined when the Host is no name at all: no name of ours then. */
  readonly authority: Authority | undefined
}

const ABSOLUTE = /^https?:\/\/(?<authority>[^/?#]*)(?<rest>.*)$/is

/** @throws LimpetError MESSAGE_MALFORMED for a target of another form, a missing or doubled Host */
export function requestTarget(request: Pick<IncomingMessage, 'url' | 'rawHeaders'>): RequestTarget {
  const named = hostsOf(request.rawHeaders)
  const [host] = named
  // Node keeps the first of several and a proxy before us may keep the last: neither is to be believed.
  if (named.length > 1 || host === undefined) {
    throw malformed(`The request has ${named.length} Host headers instead of one.`)
  }
  const url = request.url ?? ''
  const absolute = ABSOLUTE.exec(url)?.groups
  const { path, query } = split(absolute ? absolute['rest'] || '/' : url)
  return { path, query, authority: authorityOf(host, absolute?.['authority']) }
}

/** @throws LimpetError PARAMETERS_INVALID: what stands in a URL is logged, kept in histories and sent on */
export function refuseTokenInQuery(query: string): void {
  if (!new URLSearchParams(query).has('token')) return
  throw new LimpetError(
    'PARAMETERS_INVALID',
    'A token does not belong into a URL, where logs and histories keep it. Send `Authorization: Bearer TOKEN`, or log in by the printed link.',
    { details: { parameter: 'token' } },
  )
}

/** The target's own name counts (RFC 9112 §3.2.2); one that differs from Host is a trick, so it is nobody. */
function authorityOf(host: string, inTarget: string | undefined): Authority | undefined {
  if (inTarget !== undefined && inTarget.toLowerCase() !== host.toLowerCase()) return undefined
  return parseAuthority(host)
}

function split(target: string): { path: string; query: string } {
  if (!target.startsWith('/') || target.includes('#')) {
    throw malformed('The request target is not a path.')
  }
  const at = target.indexOf('?')
  return at === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, at), query: target.slice(at + 1) }
}

function hostsOf(rawHeaders: readonly string[]): readonly string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host',
  )
}

function malformed(message: string): LimpetError {
  return new LimpetError('MESSAGE_MALFORMED', message)
}
