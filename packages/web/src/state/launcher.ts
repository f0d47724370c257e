// Owns how things are started and ended from this page, and what is said when that fails.

import { LimpetError, type Limpet } from '@limpet/client'
import type { SessionId, SessionInfo, TerminalSize } from '@limpet/protocol'
import { effect, signal, type ReadonlySignal } from '@preact/signals'
import { readOutput } from '../terminal/output.ts'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { textOfLine } from '../terminal/styled-lines.ts'
import type { Terminals } from './terminals.ts'
import { SCROLLBACK_LINES } from '../terminal/xterm-options.ts'
import { isFolderChange, type BarState } from './bar-state.ts'
import type { Floating } from './floating.ts'
import type { Places } from './places.ts'
import { COMMAND_PROGRAM } from './session-facts.ts'
import type { SessionList } from './session-list.ts'

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

export interface Launcher {
  /** Commands started by this page since it was loaded: what they draw may take the focus. */
  readonly ownCommands: ReadonlySignal<ReadonlySet<SessionId>>
  /** Why the last line from the bar could not be run. */
  readonly trouble: ReadonlySignal<string | undefined>
  /** @returns false when it could not be started; `trouble` says why */
  runLine(line: string, folder?: string): Promise<boolean>
  /** Starts a program and goes to it. */
  start(program: string): Promise<SessionId | undefined>
  /** The same again, where it ran. */
  runAgain(session: SessionInfo): Promise<void>
  /** What Ctrl-C does: the program may tidy up, or go on. */
  interrupt(session: SessionInfo): Promise<void>
  /** Ends it by steps: hang-up, SIGTERM, SIGKILL. */
  end(session: SessionInfo): Promise<void>
  rename(session: SessionInfo, name: string): Promise<void>
  forget(session: SessionInfo): Promise<void>
}

export function createLauncher(options: LauncherOptions): Launcher {
  const { terminals, sessions, places, bar, floating, limpet } = options
  const ownCommands = signal<ReadonlySet<SessionId>>(new Set())
  const trouble = signal<string | undefined>(undefined)

  /** Does something to a session; a refusal is said, it changes nothing. */
  const attempt = async (what: string, act: (limpet: Limpet) => Promise<unknown>): Promise<void> => {
    const current = limpet.peek()
    if (current === undefined) return
    try {
      await act(current)
    } catch (error) {
      floating.say(`${what}: ${reasonOf(error)}`, 'failed')
    }
  }
  const runLine = async (line: string, folder = bar.folder.peek()): Promise<boolean> => {
    trouble.value = undefined
    const isChange = isFolderChange(line)
    try {
      const { terminal, session } = await terminals.open(
        {
          program: COMMAND_PROGRAM,
          options: {
            // A shell that ends at once would forget the folder: it says where it is, and the bar remembers.
            line: isChange ? `${line} && pwd` : line,
            tty: true,
            ...(folder !== '' && { cwd: folder }),
          },
          size: options.sizeOf('stream'),
        },
        'block',
      )
      sessions.note(session.info)
      ownCommands.value = new Set(ownCommands.peek()).add(session.id)
      if (isChange) followFolder(terminal, bar)
      return true
    } catch (error) {
      trouble.value = `Could not run \`${line}\`: ${reasonOf(error)}`
      return false
    }
  }
  return {
    ownCommands,
    trouble,
    runLine,
    async start(program) {
      try {
        const { session } = await terminals.open(
          { program, options: {}, size: options.sizeOf('session') },
          'tab',
        )
        sessions.note(session.info)
        places.go(session.id)
        return session.id
      } catch (error) {
        floating.say(`Could not start \`${program}\`: ${reasonOf(error)}`, 'failed')
        return undefined
      }
    },
    async runAgain(session) {
      if (session.program === COMMAND_PROGRAM) {
        places.go('stream')
        const isRunning = await runLine(session.title, session.cwd)
        if (!isRunning) floating.say(trouble.peek() ?? '', 'failed')
      }
    },
    interrupt: ({ id }) =>
      attempt('Could not interrupt it', (current) =>
        current.request('session.signal', { session: id, signal: 'SIGINT' }),
      ),
    end: ({ id }) =>
      attempt('Could not end it', (current) => current.request('session.kill', { session: id })),
    rename: ({ id }, name) =>
      attempt('Could not rename it', (current) =>
        current.request('session.rename', { session: id, name: name.trim().slice(0, 120) }),
      ),
    forget: ({ id }) =>
      attempt('Could not forget it', (current) => current.request('session.remove', { session: id })),
  }
}

/** What a refusal says, for people; the sentence ends with a full stop. */
function reasonOf(error: unknown): string {
  if (error instanceof LimpetError) return error.message
  return error instanceof Error ? error.message : String(error)
}

/** When `cd … && pwd` has worked, the bar goes where it said it is. */
function followFolder(terminal: SessionTerminal, bar: BarState): void {
  const stop = effect(() => {
    const { value: phase } = terminal.phase
    if (phase.state !== 'ended' && phase.state !== 'failed') return
    if (phase.state === 'ended' && phase.exit.code === 0) {
      const [line] = readOutput(terminal.xterm.buffer.normal, 1, SCROLLBACK_LINES).lines
      if (line !== undefined) bar.enterFolder(textOfLine(line))
    }
    // Not within the effect that it ends.
    queueMicrotask(() => stop())
  })
}
