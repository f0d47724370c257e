// Owns everything that can be done by a key or from the palette, with its words and its keys: one table.

import type { Place } from '../state/places.ts'
import { COMMAND_PROGRAM, PYTHON_PROGRAM, SHELL_PROGRAM } from '../state/session-facts.ts'
import { clampFontSize, DEFAULT_FONT_SIZE, THEMES } from '../state/settings.ts'
import { labelOf } from '../state/programs.ts'
import type { App } from '../ui/app-context.ts'
import { focusBar, focusPlace } from '../ui/focus.ts'
import type { Action } from '../ui/action.ts'
import { closeOrEnd, copyLink, endAfterAsking, replaySession } from '../ui/session-actions.ts'
import type { SessionInfo } from '@limpet/protocol'

const always = (): boolean => true

export function createActions(app: App): readonly Action[] {
  return [...startActions(app), ...goActions(app), ...sessionActions(app), ...viewActions(app)]
}

/** The stream and the tabs, by number. */
function numberedActions({ places }: App): Action[] {
  return [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => {
    const key = String(number)
    const target = (): Place | undefined => places.all.value[number - 1]
    return {
      id: `go-${number}`,
      label: number === 1 ? 'Go to the stream' : `Go to tab ${number}`,
      group: 'Go',
      isHidden: number > 1,
      keys: [
        { modifier: 'alt', key },
        { modifier: 'chord', key },
      ],
      isPossible: () => target() !== undefined,
      run: () => {
        const place = target()
        if (place === undefined) return
        places.go(place)
        focusPlace()
      },
    }
  })
}

function goActions(app: App): Action[] {
  const { floating, places, programs } = app
  return [
    {
      id: 'palette',
      label: 'Open the palette',
      group: 'Go',
      isHidden: true,
      keys: [
        { modifier: 'main', key: 'k' },
        { modifier: 'chord', key: 'k' },
      ],
      isPossible: always,
      run: () => {
        floating.isPaletteOpen.value = true
      },
    },
    {
      id: 'bar',
      label: 'Go to the bar',
      group: 'Go',
      keys: [{ modifier: 'alt', key: '/' }],
      isPossible: () => programs.hasBar.value,
      run: () => {
        places.go('stream')
        focusBar()
      },
    },
    ...numberedActions(app),
    {
      id: 'keys',
      label: 'Show all keys',
      group: 'Go',
      keys: [{ modifier: 'none', key: '?' }],
      isPossible: always,
      run: () => {
        floating.areKeysOpen.value = true
      },
    },
  ]
}

function startActions(app: App): Action[] {
  const { launcher, programs } = app
  const start = (program: string, letter: string): Action => ({
    id: `start-${program}`,
    label: `New ${labelOf({ name: program })}`,
    group: 'Start',
    keys: [{ modifier: 'alt', key: letter }],
    isPossible: () => programs.startable.value.some(({ name }) => name === program),
    run: () => void launcher.start(program),
  })
  return [start(SHELL_PROGRAM, 'n'), start(PYTHON_PROGRAM, 'p')]
}

/** The session in front, read as a signal. */
function currentOf({ places, sessions }: App): SessionInfo | undefined {
  const place = places.current.value
  return place === 'stream' ? undefined : sessions.all.value.get(place)
}

/** Does something with the session in front, if there is one. */
function withCurrent(app: App, act: (session: SessionInfo) => unknown): () => void {
  return () => {
    const session = currentOf(app)
    if (session !== undefined) act(session)
  }
}

function sessionActions(app: App): Action[] {
  const { programs, sessions, launcher } = app
  const hasCurrent = (): boolean => currentOf(app) !== undefined
  const isRunning = (): boolean => currentOf(app)?.state === 'running' && programs.may('type')
  return [
    {
      id: 'close',
      label: 'Close or end the session',
      group: 'Session',
      keys: [{ modifier: 'alt', key: 'w' }],
      isPossible: hasCurrent,
      run: withCurrent(app, (session) => closeOrEnd(app, session)),
    },
    {
      id: 'end',
      label: 'End the session',
      group: 'Session',
      keys: [],
      isPossible: isRunning,
      run: withCurrent(app, (session) => endAfterAsking(app, session)),
    },
    {
      id: 'interrupt',
      label: 'Interrupt the session',
      group: 'Session',
      keys: [],
      isPossible: isRunning,
      run: withCurrent(app, (session) => launcher.interrupt(session)),
    },
    ...recordActions(app),
    {
      id: 'again',
      label: 'Run the last command again',
      group: 'Session',
      keys: [],
      isPossible: () => programs.hasBar.value && sessions.stream.value.length > 0,
      run: () => {
        const last = sessions.stream.peek().at(-1)
        if (last?.program === COMMAND_PROGRAM) void launcher.runAgain(last)
      },
    },
  ]
}

/** Showing it to others, and to oneself once more. */
function recordActions(app: App): Action[] {
  const action = (
    id: string,
    label: string,
    isPossible: () => boolean,
    act: (session: SessionInfo) => unknown,
  ): Action => ({ id, label, group: 'Session', keys: [], isPossible, run: withCurrent(app, act) })
  const hasCurrent = (): boolean => currentOf(app) !== undefined
  const mayShare = (): boolean => hasCurrent() && app.programs.may('administer')
  return [
    action('link', 'Copy a link to the session', hasCurrent, (session) => copyLink(app, session)),
    action('share', 'Share the session…', mayShare, (session) => app.sharing.open(session)),
    action('replay', 'Replay the session', hasCurrent, (session) => replaySession(app, session)),
  ]
}

function viewActions(app: App): Action[] {
  const { settings, floating, connection } = app
  const size = (
    label: string,
    key: string | undefined,
    change: (size: number) => number,
  ): Action => ({
    id: `size-${label}`,
    label,
    group: 'View',
    keys: key === undefined ? [] : [{ modifier: 'chord', key }],
    isPossible: always,
    run: () => {
      settings.fontSize.value = clampFontSize(change(settings.fontSize.peek()))
    },
  })
  return [
    size('Larger type', '+', (now) => now + 1),
    size('Smaller type', '-', (now) => now - 1),
    size('Type as at first', undefined, () => DEFAULT_FONT_SIZE),
    ...THEMES.map((theme): Action => ({
      id: `theme-${theme}`,
      label: theme === 'system' ? 'Colours of the system' : `Colours: ${theme}`,
      group: 'View',
      keys: [],
      isPossible: () => settings.theme.value !== theme,
      run: () => {
        settings.theme.value = theme
      },
    })),
    {
      id: 'reader',
      label: 'Screen reader mode on or off',
      group: 'View',
      keys: [],
      isPossible: always,
      run: () => {
        settings.hasScreenReader.value = !settings.hasScreenReader.peek()
        floating.say(`Screen reader mode is ${settings.hasScreenReader.peek() ? 'on' : 'off'}.`)
      },
    },
    {
      id: 'log-out',
      label: 'Log out',
      group: 'View',
      keys: [],
      isPossible: always,
      run: () => void connection.logOut(),
    },
  ]
}
