// Owns the errors in which the handle of a session ends, or can no longer do what it is asked for.

import { LimpetError, type Gap, type SessionId } from '@limpet/protocol'
import { SESSION_CLOSE_DEADLINE_MS } from './limits.ts'

export function tornFrame(restBytes: number): LimpetError {
  return new LimpetError(
    'MESSAGE_MALFORMED',
    `A data frame ends with ${restBytes} bytes that are no whole record.`,
    { details: { restBytes } },
  )
}

export function ended(session: SessionId): LimpetError {
  return new LimpetError('SESSION_ENDED', `Session ${session} has ended; it takes no input.`, {
    details: { session },
  })
}

export function removed(session: SessionId): LimpetError {
  return new LimpetError('SESSION_NOT_FOUND', `Session ${session} was forgotten by the host.`, {
    details: { session },
  })
}

export function superseded(session: SessionId): LimpetError {
  return new LimpetError('ATTACHMENT_NOT_FOUND', `Another viewer took the place of this one.`, {
    details: { session, reason: 'superseded' },
  })
}

export function detached(session: SessionId): LimpetError {
  return new LimpetError('ATTACHMENT_NOT_FOUND', `This handle was detached from ${session}.`, {
    details: { session, reason: 'detached' },
  })
}

/**
 * A lossless viewer was away for longer than its place is held: more output came than the log keeps, which is
 * what this code says. Another try cannot bring the bytes back, so none that is worth retrying would be true.
 */
export function missing(session: SessionId, { from, to }: Gap): LimpetError {
  return new LimpetError(
    'OUTPUT_OVERFLOW',
    `Bytes ${from} to ${to} of session ${session} are no longer kept, and this viewer is lossless.`,
    { details: { session, from, to } },
  )
}

export function noExit(session: SessionId): LimpetError {
  return new LimpetError(
    'ATTACHMENT_NOT_FOUND',
    `This handle was detached from ${session} before the session ended.`,
    { details: { session, reason: 'detached' } },
  )
}

/** The host crashed with the session: nobody knows how the process ended [LOG-7]. */
export function lost(session: SessionId): LimpetError {
  return new LimpetError(
    'SESSION_ENDED',
    `Session ${session} was lost with its host; how its process ended is not known.`,
    { details: { session, state: 'lost' } },
  )
}

export function stillRunning(session: SessionId): LimpetError {
  return new LimpetError(
    'SESSION_RUNNING',
    `Session ${session} has not ended within ${SESSION_CLOSE_DEADLINE_MS} ms. Kill it with force.`,
    { details: { session, deadlineMs: SESSION_CLOSE_DEADLINE_MS } },
  )
}

export function away(session: SessionId): LimpetError {
  return new LimpetError(
    'CONNECTION_LOST',
    `This viewer of session ${session} has no connection at the moment. Try again once it is attached.`,
    { details: { session } },
  )
}
