// Owns how the parts of the page are joined: each is made from those it needs, nothing is global.
// Before: main.tsx; after: every component, through ui/app-context.ts.

import { signal } from '@preact/signals'
import type { SessionId } from '@limpet/protocol'
import { createBarState } from '../state/bar-state.ts'
import { Blocks } from '../state/blocks.ts'
import { createBrowserState, type KeyValueStore } from '../state/browser-state.ts'
import { createClock } from '../state/clock.ts'
import { Connection } from '../state/connection.ts'
import { createFloating } from '../state/floating.ts'
import { Launcher } from '../state/launcher.ts'
import { createPlaces } from '../state/places.ts'
import { createPrograms } from '../state/programs.ts'
import { createSeen } from '../state/seen.ts'
import { createSessionList } from '../state/session-list.ts'
import { createSettings } from '../state/settings.ts'
import { Sharing } from '../state/sharing.ts'
import { Terminals } from '../state/terminals.ts'
import type { AppWithActions } from '../ui/app-context.ts'
import { roomFor } from '../ui/room.ts'
import { createActions } from './actions.ts'
import { followTheme } from './follow-theme.ts'

export interface AppOptions {
  /** The page's address with its base path, without hash. */
  readonly address: string
  readonly store: KeyValueStore | undefined
}

export function createApp({ address, store }: AppOptions): AppWithActions {
  // Several gateways may be reached under one origin, each below its path.
  const browser = createBrowserState({ store, prefix: `limpet:${new URL(address).pathname}:` })
  const clock = createClock()
  const settings = createSettings(browser)
  const floating = createFloating()
  const connection = new Connection(address, () => clock.now())
  const programs = createPrograms(connection)
  const sessions = createSessionList(connection.limpet)
  const places = createPlaces(browser)
  const seen = createSeen(connection.limpet, sessions.seenAt)
  const bar = createBarState(browser)
  const terminals = new Terminals({
    limpet: connection.limpet,
    settings,
    themeRevision: followTheme(settings),
  })
  const blocks = new Blocks(terminals)
  const launcher = new Launcher({
    limpet: connection.limpet,
    terminals,
    sessions,
    places,
    bar,
    floating,
    sizeOf: (place) => roomFor(place, settings.fontSize.peek()),
  })
  const sheet = signal<'work' | 'sessions'>('work')
  const replayed = signal<SessionId | undefined>(undefined)
  const sharing = new Sharing(connection.limpet, address)
  const app = {
    ...{ clock, settings, connection, programs, sessions, places, seen, bar, floating },
    ...{ terminals, blocks, launcher, sharing, sheet, replayed },
  }
  return { ...app, actions: createActions(app) }
}
