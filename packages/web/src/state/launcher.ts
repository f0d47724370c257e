// Owns how things are started and ended from this page, and what is said when that fails.

import type { Limpet } from '@limpet/client'
import {
  MAX_NAME_LENGTH,
  type SessionId,
  type SessionInfo,
  type TerminalSize,
} from '@limpet/protocol'
import { signal, type ReadonlySignal, type Signal } from '@preact/signals'
import { readOutput } from '../terminal/output.ts'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { textOfLine } from '../terminal/styled-lines.ts'
import { whenEnded } from '../terminal/when-read.ts'
import { SCROLLBACK_LINES } from '../terminal/xterm-options.ts'
import { isFolderChange, type BarState } from './bar-state.ts'
import type { Floating } from './floating.ts'
import type { Places } from './places.ts'
import { COMMAND_PROGRAM } from './session-facts.ts'
import type { SessionList } from './session-list.ts'
import type { Terminals } from './terminals.ts'

export interface LauncherOptions {
  readonly limpet: ReadonlySignal<Limpet | undefined>
  readonly terminals: Terminals
  readonly sessions: SessionList
  readonly places: Places
  readonly bar: BarState
  readonly floating: Floating
  /** Cells that the place has room for at this moment. */
  readonly sizeOf: (place: 'stream' | 'session') => TerminalSize
}

export class Launcher {
  /** Commands started by this page since it was loaded: what they draw may take the focus. */
  readonly ownCommands: Signal<ReadonlySet<SessionId>> = signal(new Set())
  /** Why the last line from the bar could not be run. */
  readonly trouble: Signal<string | undefined> = signal(undefined)
  readonly #options: LauncherOptions

  constructor(options: LauncherOptions) {
    this.#options = options
  }

  /**
   * @param folder absolute path; empty for the home folder @default the bar's
   * @returns false when it could not be started; `trouble` says why
   */
  async runLine(line: string, folder: string = this.#options.bar.folder.peek()): Promise<boolean> {
    const { terminals, sessions, bar, sizeOf } = this.#options
    this.trouble.value = undefined
    const isChange = isFolderChange(line)
    const options = {
      // A shell that ends at once would forget the folder: it says where it is, and the bar remembers.
      line: isChange ? `${line} && pwd` : line,
      tty: true,
      ...(folder !== '' && { cwd: folder }),
    }
    try {
      const start = { program: COMMAND_PROGRAM, options, size: sizeOf('stream') }
      const { terminal, session } = await terminals.open(start, 'block')
      sessions.note(session.info)
      this.ownCommands.value = new Set(this.ownCommands.peek()).add(session.id)
      if (isChange) void followFolder(terminal, bar)
      return true
    } catch (error) {
      this.trouble.value = `Could not run \`${line}\`: ${reasonOf(error)}`
      return false
    }
  }

  /** Starts a program and goes to it. @returns undefined when it could not be started, which was said */
  async start(program: string): Promise<SessionId | undefined> {
    const { terminals, sessions, places, floating, sizeOf } = this.#options
    try {
      const start = { program, options: {}, size: sizeOf('session') }
      const { session } = await terminals.open(start, 'tab')
      sessions.note(session.info)
      places.go(session.id)
      return session.id
    } catch (error) {
      floating.say(`Could not start \`${program}\`: ${reasonOf(error)}`, 'failed')
      return undefined
    }
  }

  /** The same line again, where it ran. */
  async runAgain(session: SessionInfo): Promise<void> {
    this.#options.places.go('stream')
    await this.runLine(session.title, session.cwd)
  }

  /** What Ctrl-C does: the program may tidy up, or go on. */
  interrupt({ id }: SessionInfo): Promise<void> {
    return this.#attempt('Could not interrupt it', (limpet) =>
      limpet.request('session.signal', { session: id, signal: 'SIGINT' }),
    )
  }

  /** Ends it by steps: hang-up, SIGTERM, SIGKILL. */
  end({ id }: SessionInfo): Promise<void> {
    return this.#attempt('Could not end it', (limpet) =>
      limpet.request('session.kill', { session: id }),
    )
  }

  rename({ id }: SessionInfo, name: string): Promise<void> {
    const params = { session: id, name: name.trim().slice(0, MAX_NAME_LENGTH) }
    return this.#attempt('Could not rename it', (limpet) =>
      limpet.request('session.rename', params),
    )
  }

  /** Labels, or whose size it has. */
  configure({ id }: SessionInfo, change: Parameters<Limpet['configure']>[1]): Promise<void> {
    return this.#attempt('Could not change it', (limpet) => limpet.configure(id, change))
  }

  forget({ id }: SessionInfo): Promise<void> {
    return this.#attempt('Could not forget it', (limpet) =>
      limpet.request('session.remove', { session: id }),
    )
  }

  /** Does something to a session; a refusal is said, it changes nothing. */
  async #attempt(what: string, act: (limpet: Limpet) => Promise<unknown>): Promise<void> {
    const limpet = this.#options.limpet.peek()
    if (limpet === undefined) return
    try {
      await act(limpet)
    } catch (error) {
      this.#options.floating.say(`${what}: ${reasonOf(error)}`, 'failed')
    }
  }
}

/** What a refusal says, for people. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** When `cd … && pwd` has worked, the bar goes where it said it is. */
async function followFolder(terminal: SessionTerminal, bar: BarState): Promise<void> {
  const phase = await whenEnded(terminal)
  if (phase.state !== 'ended' || phase.exit.code !== 0) return
  const [line] = readOutput(terminal.xterm.buffer.normal, 1, SCROLLBACK_LINES).lines
  if (line !== undefined) bar.enterFolder(textOfLine(line))
}
