// Owns the one answer to who asks for a session that is not there, or not theirs to see: nobody learns which.

import { LimpetError, type SessionId } from '@limpet/protocol'

export function sessionNotFound(id: SessionId): LimpetError {
  return new LimpetError('SESSION_NOT_FOUND', `There is no session ${id}.`, {
    details: { session: id },
  })
}
