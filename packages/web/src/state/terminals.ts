// Owns which sessions this page has a terminal of: one each, shared by everyone who shows it, let go of when nobody
// does. Theme and size of type reach all of them from here.

import { effect, signal, type ReadonlySignal } from '@preact/signals'
import type { Limpet, OpenOptions, Session } from '@limpet/client'
import type { SessionId, SessionInfo, TerminalSize } from '@limpet/protocol'
import type { Settings } from './settings.ts'
import { SessionTerminal, type TerminalViewRequest } from '../terminal/session-terminal.ts'
import { readTheme } from '../terminal/theme.ts'

/** Who keeps a terminal: a tab, or a block of the stream. */
export type Holder = 'tab' | 'block'

/** Columns of output that no terminal wraps; longer lines are joined again when they are shown. */
const PIPE_COLUMNS = 160
const DEFAULT_ROWS = 24

export interface Terminals {
  /** Grows when a terminal came or went. */
  readonly revision: ReadonlySignal<number>
  get(id: SessionId): SessionTerminal | undefined
  /** The terminal of a session, attached if it is not yet. Waits for starts under way: they bring their own. */
  hold(session: SessionInfo, holder: Holder): Promise<SessionTerminal | undefined>
  /** Starts a program. @returns its terminal @throws LimpetError why it could not be started */
  open(start: TerminalStart, holder: Holder): Promise<{ terminal: SessionTerminal; session: Session }>
  release(id: SessionId, holder: Holder): void
  /** Lets go of every tab's terminal that is not among these. */
  keepTabs(ids: readonly SessionId[]): void
}

export interface TerminalStart {
  readonly program: string
  readonly options: Pick<OpenOptions, 'line' | 'cwd' | 'tty' | 'name'>
  readonly size: TerminalSize
}

interface Held {
  readonly terminal: SessionTerminal
  readonly holders: Set<Holder>
}

export interface TerminalsOptions {
  readonly limpet: ReadonlySignal<Limpet | undefined>
  readonly mayType: () => boolean
  readonly settings: Settings
  /** Read when it changes: the theme of the operating system. */
  readonly themeRevision: ReadonlySignal<number>
}

export function createTerminals(options: TerminalsOptions): Terminals {
  const held = new Map<SessionId, Held>()
  const starts = new Set<Promise<unknown>>()
  const revision = signal(0)
  const { settings } = options

  effect(() => {
    options.themeRevision.value
    settings.theme.value
    if (held.size === 0) return
    const theme = readTheme()
    for (const { terminal } of held.values()) terminal.xterm.options.theme = theme
  })
  effect(() => {
    const isOn = settings.hasScreenReader.value
    for (const { terminal } of held.values()) terminal.xterm.options.screenReaderMode = isOn
  })

  // Another login is another world: what was attached by the old one is gone.
  effect(() => {
    options.limpet.value
    for (const { terminal } of held.values()) terminal.close()
    held.clear()
  })

  const make = (
    size: TerminalSize,
    isTty: boolean,
    attach: (limpet: Limpet, view: TerminalViewRequest) => Promise<Session>,
  ): SessionTerminal | undefined => {
    const limpet = options.limpet.peek()
    if (limpet === undefined) return undefined
    const terminal = new SessionTerminal({
      size,
      isTty,
      mayType: options.mayType(),
      fontSize: settings.fontSize.peek(),
      attach: (view) => attach(limpet, view),
    })
    terminal.xterm.options.screenReaderMode = settings.hasScreenReader.peek()
    return terminal
  }
  const keep = (id: SessionId, terminal: SessionTerminal, holder: Holder): void => {
    const entry = held.get(id) ?? { terminal, holders: new Set() }
    entry.holders.add(holder)
    held.set(id, entry)
    revision.value += 1
  }
  const release = (id: SessionId, holder: Holder): void => {
    const entry = held.get(id)
    if (entry === undefined || !entry.holders.delete(holder) || entry.holders.size > 0) return
    held.delete(id)
    entry.terminal.close()
    revision.value += 1
  }
  return {
    revision,
    get: (id) => held.get(id)?.terminal,
    async hold(session, holder) {
      await Promise.allSettled(starts)
      const size = session.terminal ?? { columns: PIPE_COLUMNS, rows: DEFAULT_ROWS }
      const isTty = session.terminal !== undefined
      const terminal =
        held.get(session.id)?.terminal ??
        make(size, isTty, (limpet, view) => limpet.attach(session.id, { ...size, ...view }))
      if (terminal !== undefined) keep(session.id, terminal, holder)
      return terminal
    },
    async open({ program, options: start, size }, holder) {
      const terminal = make(size, true, (limpet, view) =>
        limpet.open(program, { ...start, ...size, ...view }),
      )
      if (terminal === undefined) throw new Error('Not logged in.')
      const opened = terminal.opened.then((session) => {
        keep(session.id, terminal, holder)
        return { terminal, session }
      })
      starts.add(opened)
      try {
        return await opened
      } catch (error) {
        terminal.close()
        throw error
      } finally {
        starts.delete(opened)
      }
    },
    release,
    keepTabs(ids) {
      for (const id of held.keys()) if (!ids.includes(id)) release(id, 'tab')
    },
  }
}
