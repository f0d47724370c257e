// Owns the errors in which a connection ends: close codes become codes of the registry, everything else
// is CONNECTION_LOST, which is worth another try.

import {
  ERRORS,
  isErrorCode,
  LimpetError,
  type ChannelClosed,
  type ErrorCode,
  type ErrorDefinition,
} from '@limpet/protocol'

/** What a peer meant when it closed the connection. */
export function errorOfClose(closed: ChannelClosed): LimpetError {
  const said = closed.reason === '' ? '' : `: ${closed.reason}`
  return new LimpetError(
    codeOfClose(closed.code) ?? 'CONNECTION_LOST',
    `The connection was closed with code ${closed.code}${said}.`,
    { details: { closeCode: closed.code, reason: closed.reason } },
  )
}

/** The peer broke the protocol: the connection is thrown away, a fresh one may do better. */
export function brokenProtocol(fault: unknown): LimpetError {
  const what = fault instanceof Error ? fault.message : String(fault)
  return new LimpetError('CONNECTION_LOST', `The connection was thrown away. ${what}`, {
    cause: fault,
  })
}

/** @param what "the answer to session.list" and the like */
export function unanswered(what: string, deadlineMs: number): LimpetError {
  return new LimpetError('CONNECTION_LOST', `Waited ${deadlineMs} ms in vain for ${what}.`, {
    details: { deadlineMs },
  })
}

/** What `dial` threw, as a LimpetError: what is not one yet is a loss worth another try. */
export function dialError(thrown: unknown): LimpetError {
  if (thrown instanceof LimpetError) return thrown
  const what = thrown instanceof Error ? thrown.message : String(thrown)
  return new LimpetError('CONNECTION_LOST', `Could not connect: ${what}`, { cause: thrown })
}

function codeOfClose(closeCode: number): ErrorCode | undefined {
  for (const [code, definition] of Object.entries<ErrorDefinition>(ERRORS)) {
    if (definition.close === closeCode && isErrorCode(code)) return code
  }
  return undefined
}
