// Owns what an action is: something that can be done by a key, from the palette, or both. The table: app/actions.ts.

import type { KeyBinding } from './key-binding.ts'

export interface Action {
  readonly id: string
  readonly label: string
  readonly group: 'Go' | 'Start' | 'Session' | 'View'
  /** The first one is shown; a chord also works in a focused terminal. */
  readonly keys: readonly KeyBinding[]
  /** Left out of the palette: it is a key and nothing more. */
  readonly isHidden?: boolean
  /** Read in an effect or at a press: what cannot be done now is not offered. */
  readonly isPossible: () => boolean
  readonly run: () => void
}
