// Owns which sessions this page has a terminal of: one each, shared by everyone who shows it, let go of when nobody
// does. Theme and screen reader mode reach all of them from here.

import { effect, type ReadonlySignal } from '@preact/signals'
import type { Limpet, OpenOptions, Session } from '@limpet/client'
import type { SessionId, SessionInfo, TerminalSize } from '@limpet/protocol'
import { SessionTerminal, type SessionTerminalOptions } from '../terminal/session-terminal.ts'
import { readTheme } from '../terminal/theme.ts'
import type { Settings } from './settings.ts'

/** Who keeps a terminal: a tab, a block of the stream, or whoever copies its output. */
export type Holder = 'tab' | 'block' | 'copy'

/** Of a longer log a block reads the newest bytes: more lines than a terminal keeps are in them. */
const NEWEST_BYTES = 2 * 1024 * 1024

/** A grid for output of pipes; longer lines are joined again when they are shown. */
const PIPE_SIZE: TerminalSize = { columns: 160, rows: 24 }

export interface TerminalsOptions {
  readonly limpet: ReadonlySignal<Limpet | undefined>
  readonly settings: Settings
  /** Grows when other colours hold. */
  readonly themeRevision: ReadonlySignal<number>
}

export interface TerminalStart {
  readonly program: string
  readonly options: Pick<OpenOptions, 'line' | 'cwd' | 'tty' | 'name'>
  readonly size: TerminalSize
}

export interface StartedTerminal {
  readonly terminal: SessionTerminal
  readonly session: Session
}

interface Held {
  readonly terminal: SessionTerminal
  readonly holders: Set<Holder>
}

type Making = Pick<SessionTerminalOptions, 'size' | 'isTty' | 'attach'>

export class Terminals {
  /** Grows when other colours hold: what has a terminal of its own takes them over. */
  readonly themeRevision: ReadonlySignal<number>
  readonly #options: TerminalsOptions
  readonly #held = new Map<SessionId, Held>()
  readonly #starts = new Set<Promise<unknown>>()

  constructor(options: TerminalsOptions) {
    this.#options = options
    const { settings, themeRevision, limpet } = options
    this.themeRevision = themeRevision
    effect(() => {
      void themeRevision.value
      if (this.#held.size === 0) return
      const theme = readTheme()
      for (const { terminal } of this.#held.values()) terminal.xterm.options.theme = theme
    })
    effect(() => {
      const isOn = settings.hasScreenReader.value
      for (const { terminal } of this.#held.values()) terminal.xterm.options.screenReaderMode = isOn
    })
    // Another login is another world: what was attached by the old one is gone.
    effect(() => {
      void limpet.value
      for (const { terminal } of this.#held.values()) terminal.close()
      this.#held.clear()
    })
  }

  get(id: SessionId): SessionTerminal | undefined {
    return this.#held.get(id)?.terminal
  }

  /**
   * The terminal of a session, attached if it is not yet. Waits for starts under way: they bring their own.
   * @returns undefined while not logged in
   */
  async hold(session: SessionInfo, holder: Holder): Promise<SessionTerminal | undefined> {
    await Promise.allSettled(this.#starts)
    // Closed for good: the connection says why, here there is just nothing to show.
    const limpet = await this.#connected().catch(() => undefined)
    const terminal = this.get(session.id) ?? (limpet && this.#attach(limpet, session, holder))
    if (terminal !== undefined) this.#keep(session.id, terminal, holder)
    return terminal
  }

  /** Starts a program in a terminal. @throws LimpetError why it could not be started */
  async open(start: TerminalStart, holder: Holder): Promise<StartedTerminal> {
    const { program, options, size } = start
    const limpet = await this.#connected()
    if (limpet === undefined) throw new Error('You are not logged in.')
    const terminal = this.#make(limpet, {
      size,
      isTty: true,
      attach: (view) => limpet.open(program, { ...options, ...size, ...view }),
    })
    const opened = terminal.opened.then((session) => {
      this.#keep(session.id, terminal, holder)
      return { terminal, session }
    })
    this.#starts.add(opened)
    try {
      return await opened
    } catch (error) {
      terminal.close()
      throw error
    } finally {
      this.#starts.delete(opened)
    }
  }

  release(id: SessionId, holder: Holder): void {
    const entry = this.#held.get(id)
    if (entry === undefined || !entry.holders.delete(holder) || entry.holders.size > 0) return
    this.#held.delete(id)
    entry.terminal.close()
  }

  /** Lets go of every tab's terminal that is not among these. */
  keepTabs(ids: readonly SessionId[]): void {
    for (const id of this.#held.keys()) if (!ids.includes(id)) this.release(id, 'tab')
  }

  /**
   * Waits for the connection, which knows what may be done here.
   * @returns undefined while not logged in @throws LimpetError why there will be none
   */
  async #connected(): Promise<Limpet | undefined> {
    const limpet = this.#options.limpet.peek()
    await limpet?.ready()
    return limpet
  }

  #attach(limpet: Limpet, session: SessionInfo, holder: Holder): SessionTerminal {
    const isTty = session.terminal !== undefined
    const size = session.terminal ?? PIPE_SIZE
    // A viewer of the session's own size changes nothing for the others.
    const own = isTty ? size : {}
    const from = beginningOf(session, holder)
    const attach: Making['attach'] = (view) => limpet.attach(session.id, { ...own, ...view, from })
    return this.#make(limpet, { size, isTty, attach })
  }

  #make(limpet: Limpet, making: Making): SessionTerminal {
    const { settings } = this.#options
    const terminal = new SessionTerminal({
      ...making,
      mayType: limpet.rights.includes('type'),
      fontSize: settings.fontSize.peek(),
    })
    terminal.xterm.options.screenReaderMode = settings.hasScreenReader.peek()
    return terminal
  }

  #keep(id: SessionId, terminal: SessionTerminal, holder: Holder): void {
    const entry = this.#held.get(id) ?? { terminal, holders: new Set() }
    entry.holders.add(holder)
    this.#held.set(id, entry)
  }
}

/** A terminal begins with its screen, however long its log; a block with as many lines as it can show. */
function beginningOf(session: SessionInfo, holder: Holder): 'start' | 'screen' | number {
  const { terminal, state, keptFrom, end } = session
  const isTty = terminal !== undefined
  if (isTty && holder === 'tab') return 'screen'
  if (end - keptFrom <= NEWEST_BYTES) return 'start'
  // The end as it was listed: the log only grows, so at least so much is there.
  return isTty && state === 'running' ? 'screen' : end - NEWEST_BYTES
}
