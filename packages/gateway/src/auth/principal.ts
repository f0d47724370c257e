// Owns who acts on a connection, and what that person may do.

import { RIGHTS_OF_ROLE, type Right, type Role, type SessionId } from '@limpet/protocol'
import type { Share } from './shares.ts'

export interface Principal {
  /** For logs and for the host; "owner" for whoever holds the token, "share:ID" for who came by a share. */
  readonly name: string
  /** What the other viewers read. @default the name */
  readonly displayName?: string
  readonly role: Role
  readonly rights: readonly Right[]
  /** Present: this session and no other. */
  readonly session?: SessionId
}

/** Whoever holds the token, or a login that was made with it. */
export const ownerPrincipal: Principal = {
  name: 'owner',
  role: 'owner',
  rights: RIGHTS_OF_ROLE.owner,
}

/** Whoever came by a share. Nobody starts a program by one: that would be another session. */
export function sharePrincipal({ id, role, name, session }: Share): Principal {
  return {
    name: `share:${id}`,
    ...(name !== '' && { displayName: name }),
    role,
    rights: RIGHTS_OF_ROLE[role].filter((right) => right !== 'open'),
    session,
  }
}
