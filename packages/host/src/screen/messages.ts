// Owns what the host's main thread and the worker that runs the terminals say to each other. In order, both ways.

import type { Checkpoint, TerminalSize } from '@limpet/protocol'
import type { Answer } from './emulator.ts'

/** To the worker. `screen` names a terminal, chosen by the main thread and never used again. */
export type WorkerRequest =
  | {
      readonly type: 'wake'
      readonly screen: number
      readonly size: TerminalSize
      readonly offset: number
      readonly isExact: boolean
      /** A checkpoint at that offset. Absent: a fresh terminal. */
      readonly state?: Uint8Array
    }
  /** Whole records, in order. */
  | { readonly type: 'feed'; readonly screen: number; readonly records: Uint8Array }
  | {
      readonly type: 'skip'
      readonly screen: number
      readonly offset: number
      readonly size: TerminalSize
    }
  | { readonly type: 'checkpoint'; readonly screen: number; readonly request: number }
  | { readonly type: 'free'; readonly screen: number }

export type WorkerReply =
  /** A feed was parsed; `to` is the offset behind it. */
  | {
      readonly type: 'parsed'
      readonly screen: number
      readonly to: number
      readonly answers: readonly Answer[]
    }
  | {
      readonly type: 'checkpoint'
      readonly screen: number
      readonly request: number
      readonly checkpoint: Checkpoint
    }
  /** This terminal has failed and is gone; the others go on. */
  | { readonly type: 'failed'; readonly screen: number; readonly message: string }
