// Owns what a dialect is to the server, and which one a client gets by the subprotocols that it offers.

import { LimpetError, type Channel } from '@limpet/protocol'
import { dialectsAmong, type Principal } from '../auth/index.ts'

/** A translation between a client's wire format and attachments. */
export interface Dialect {
  /** WebSocket subprotocol. */
  readonly subprotocol: string
  /** True: also for clients that offer no subprotocol at all. One dialect of a server. */
  readonly isDefault: boolean
  /**
   * Looks at the request before it is accepted.
   * @throws LimpetError when it asks for what there is not; it is answered over HTTP then
   */
  prepare(query: URLSearchParams): Conversation
}

/** Takes over an accepted connection. Whatever goes wrong, it ends by closing the channel. */
export type Conversation = (channel: Channel, principal: Principal) => void

/** What was chosen; without a subprotocol when the client offered none. */
export interface Choice {
  readonly dialect: Dialect
  readonly subprotocol: string | undefined
}

/** @throws LimpetError PROTOCOL_UNSUPPORTED */
export function chooseDialect(dialects: readonly Dialect[], offered: readonly string[]): Choice {
  for (const name of dialectsAmong(offered)) {
    const dialect = dialects.find(({ subprotocol }) => subprotocol === name)
    if (dialect) return { dialect, subprotocol: name }
  }
  const byDefault = dialects.find(({ isDefault }) => isDefault)
  // Only a token was offered: browsers fail a connection on which none of their offers was taken.
  if (offered.length === 0 && byDefault) return { dialect: byDefault, subprotocol: undefined }
  const known = dialects.map(({ subprotocol }) => subprotocol)
  throw new LimpetError(
    'PROTOCOL_UNSUPPORTED',
    `None of the offered subprotocols is known here: offer ${known.join(' or ')}.`,
    { details: { known } },
  )
}
