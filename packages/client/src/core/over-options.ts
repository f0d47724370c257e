// Owns what is said about the far end of a channel when a Limpet is made over it.

import type { LaunchPlan, Right } from '@limpet/protocol'
import type { ProgramStart } from './open-options.ts'
import type { Runtime } from './runtime.ts'

interface CommonOptions {
  /** False: the first loss of the connection closes. @default true */
  readonly reconnect?: boolean
  /** True: frames of the channel stay valid after the call; else they are copied. @default false */
  readonly framesStay?: boolean
  /** Time and randomness. @default the real ones */
  readonly runtime?: Runtime
}

/** What is at the other end of a channel. */
export type OverOptions = CommonOptions &
  (
    | {
        /** A host, over a link whose hello is done. @default "host" */
        readonly peer?: 'host'
        /** Rights that the hello carried. @default all */
        readonly rights?: readonly Right[]
        /** Makes the launch plans of `open` and `run`; without it, only `openPlan` starts anything. */
        readonly planFor?: (start: ProgramStart) => LaunchPlan | Promise<LaunchPlan>
      }
    | { readonly peer: 'gateway' }
  )

export interface RequestOptions {
  /** For connection and answer together. @default 30 000 ms */
  readonly deadlineMs?: number
}
