// Owns who acts on a connection, and what that person may do.

import { RIGHTS_OF_ROLE, type Right, type Role } from '@limpet/protocol'

export interface Principal {
  /** For logs and for the host; "owner" for whoever holds the token. */
  readonly name: string
  readonly role: Role
  readonly rights: readonly Right[]
}

/** Whoever holds the token, or a login that was made with it. */
export const ownerPrincipal: Principal = {
  name: 'owner',
  role: 'owner',
  rights: RIGHTS_OF_ROLE.owner,
}
