// Owns how a connection is described to people and programs: always one of three truths.

import type { LimpetError } from '@limpet/protocol'

/** The connection as it is. Times are milliseconds since 1970. */
export type ConnectionState =
  | {
      /** The host has answered over this very connection. */
      readonly state: 'connected'
      readonly sinceMs: number
    }
  | {
      readonly state: 'connecting'
      /** Since when there is no connection. */
      readonly sinceMs: number
      /** 1 for the first try after a good connection. */
      readonly attempt: number
      /** When the next try begins; undefined while one is under way. */
      readonly nextRetryAtMs: number | undefined
      /** Why there is no connection, or why the last try failed; undefined before anything failed. */
      readonly lastError: LimpetError | undefined
    }
  | {
      readonly state: 'closed'
      readonly sinceMs: number
      /** Why it is not tried any more; undefined when `close` was called. */
      readonly error: LimpetError | undefined
    }
