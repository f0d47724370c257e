// Owns what people may call a session on the command line: its id, its name, or the beginning of its id.

import { LimpetError, type SessionInfo } from '@limpet/protocol'
import { CommandError } from './command-error.ts'
import { printable } from './printable.ts'

/** As many characters of an id as lists show; more than enough to tell hundreds apart. */
export const SHORT_ID_LENGTH = 8

/**
 * An id wins over a name, a name over the beginning of an id; of several of a name, the one that runs.
 * @throws LimpetError SESSION_NOT_FOUND @throws CommandError SESSION_AMBIGUOUS
 */
export function findSession(sessions: readonly SessionInfo[], text: string): SessionInfo {
  const named = sessions.filter(({ name }) => name === text)
  const candidates = [
    sessions.filter(({ id }) => id === text),
    named.filter(({ state }) => state === 'running'),
    named,
    text === '' ? [] : sessions.filter(({ id }) => id.startsWith(text)),
  ].find((found) => found.length > 0)
  const [session, ...others] = candidates ?? []
  if (session === undefined) {
    throw new LimpetError(
      'SESSION_NOT_FOUND',
      `No session is called ${JSON.stringify(text)}. See: limpet ls --all`,
      { details: { session: text } },
    )
  }
  if (others.length === 0) return session
  const ids = [session, ...others].map(({ id }) => id.slice(0, SHORT_ID_LENGTH)).join(', ')
  throw new CommandError(
    'SESSION_AMBIGUOUS',
    `"${text}" may be any of ${ids}. Give more of the id.`,
  )
}

/** @returns its name, or its command line, safe to print */
export function titleOf(session: SessionInfo): string {
  return printable(session.name ?? session.title)
}
