// Owns how components reach what the page is made of: one object, made in main.tsx, handed down as a context.

import type { SessionId } from '@limpet/protocol'
import type { Signal } from '@preact/signals'
import { createContext, type Context } from 'preact'
import { useContext } from 'preact/hooks'
import type { Terminals } from '../state/terminals.ts'
import type { BarState } from '../state/bar-state.ts'
import type { Clock } from '../state/clock.ts'
import type { Connection } from '../state/connection.ts'
import type { Floating } from '../state/floating.ts'
import type { Launcher } from '../state/launcher.ts'
import type { Places } from '../state/places.ts'
import type { Programs } from '../state/programs.ts'
import type { Seen } from '../state/seen.ts'
import type { SessionList } from '../state/session-list.ts'
import type { Settings } from '../state/settings.ts'
import type { Sharing } from '../state/sharing.ts'
import type { Blocks } from '../state/blocks.ts'
import type { Action } from './action.ts'

/** Everything a part of the page may need; each member has its own file. */
export interface App {
  readonly clock: Clock
  readonly settings: Settings
  readonly connection: Connection
  readonly programs: Programs
  readonly sessions: SessionList
  readonly places: Places
  readonly seen: Seen
  readonly bar: BarState
  readonly floating: Floating
  readonly terminals: Terminals
  readonly blocks: Blocks
  readonly launcher: Launcher
  readonly sharing: Sharing
  /** The session whose log is played, instead of the place in front. */
  readonly replayed: Signal<SessionId | undefined>
  /** What a phone shows: the work, or the list of sessions. A wide page shows both. */
  readonly sheet: Signal<'work' | 'sessions'>
}

/** The parts, and what can be done with them. */
export interface AppWithActions extends App {
  readonly actions: readonly Action[]
}

export const AppContext: Context<AppWithActions | undefined> = createContext<
  AppWithActions | undefined
>(undefined)

export function useApp(): AppWithActions {
  const app = useContext(AppContext)
  if (app === undefined) throw new Error('useApp: no AppContext above this component')
  return app
}
