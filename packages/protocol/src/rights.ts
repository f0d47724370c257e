// Owns who may do what: rights are checked by the host on every method and input frame; roles are
// the bundles of rights that a gateway gives to a principal.

export const RIGHTS = ['view', 'type', 'open', 'administer'] as const

/**
 * view: list and watch sessions. type: input, size, signals, names, ending. open: start programs.
 * administer: stop the host.
 */
export type Right = (typeof RIGHTS)[number]

export const ROLES = ['owner', 'operator', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const RIGHTS_OF_ROLE: Readonly<Record<Role, readonly Right[]>> = {
  owner: ['view', 'type', 'open', 'administer'],
  operator: ['view', 'type', 'open'],
  viewer: ['view'],
}
