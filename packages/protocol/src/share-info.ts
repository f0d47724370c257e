// Owns what is told of a share: a link that lets others into one session.

import { nameShape } from './launch-plan.ts'
import { object, oneOf, parsed, quantity, text, type Infer, type Shape } from './shape.ts'
import { sessionIdShape } from './shapes-of-ids.ts'

/** What a share's holder may be; nobody becomes an owner by a link. */
export const SHARE_ROLES = ['viewer', 'operator'] as const

const SHARE_ID = /^[0-9a-v]{13}$/

/** Names a share in addresses and lists, 64 random bits as 13 digits of base32hex; no secret. */
export const shareIdShape: Shape<string> = parsed('share id', (value) =>
  typeof value === 'string' && SHARE_ID.test(value) ? value : undefined,
)

export const shareInfoShape = object({
  id: shareIdShape,
  /** The one session that it shows. */
  session: sessionIdShape,
  /** viewer: may watch. operator: may also type. */
  role: oneOf(SHARE_ROLES),
  /** For whom it is, as its maker wrote; the other viewers read it. */
  name: nameShape,
  /** Milliseconds since 1970. */
  createdAt: quantity(),
  /** Milliseconds since 1970: who uses it then is let out. */
  expiresAt: quantity(),
})

export type ShareInfo = Infer<typeof shareInfoShape>

/** A share and the only copy of its secret. */
export const shareCreatedShape = object({
  share: shareInfoShape,
  /** Relative to the page's base address: "s/ID/#SECRET". */
  path: text({ max: 256 }),
  /** The same as a whole address, as this gateway is reached by default. */
  link: text({ max: 4096 }),
})
