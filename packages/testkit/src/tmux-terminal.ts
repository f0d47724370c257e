// Owns a real terminal for a test: a tmux server of its own, which answers queries, keeps modes and shows its
// screen as text.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitFor } from './waits.ts'

const execute = promisify(execFile)

/** tmux answers within milliseconds; a hanging one fails the test here. */
const TMUX_DEADLINE_MS = 10_000

export interface TmuxOptions {
  /** Folder for tmux's socket. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** What runs in the terminal. */
  readonly argv: readonly string[]
  readonly columns?: number
  readonly rows?: number
}

export class TmuxTerminal implements AsyncDisposable {
  readonly #socket: string
  readonly #environment: Readonly<Record<string, string>>

  private constructor(options: TmuxOptions) {
    this.#socket = join(options.folder, `tmux-${process.hrtime.bigint()}`)
    this.#environment = options.environment
  }

  static async start(options: TmuxOptions): Promise<TmuxTerminal> {
    const terminal = new TmuxTerminal(options)
    const { columns = 80, rows = 24, argv } = options
    const size = ['-x', String(columns), '-y', String(rows)]
    await terminal.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, ...argv)
    // A terminal whose program has ended still shows what it said.
    await terminal.#tmux('set-option', '-g', 'remain-on-exit', 'on')
    return terminal
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', text)
  }

  /** Presses keys by tmux's names, such as "Enter" or "C-c". */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys)
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** The visible screen, lines without trailing blanks. */
  async screen(): Promise<string> {
    return this.#tmux('capture-pane', '-p')
  }

  /** One of tmux's facts, such as "alternate_on". */
  async fact(name: string): Promise<string> {
    return (await this.#tmux('display-message', '-p', `#{${name}}`)).trim()
  }

  /** @returns the screen once it shows the text @param what a pattern, tested on the whole screen */
  async shows(what: RegExp): Promise<string> {
    let screen = ''
    return waitFor(
      `a screen that shows ${what.source}`,
      async () => {
        screen = await this.screen()
        return what.test(screen) && screen
      },
      { transcript: () => screen },
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux('kill-server').catch(() => {}) // it ends by itself with its last window
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await execute('tmux', ['-S', this.#socket, ...args], {
      env: { ...this.#environment, TERM: 'xterm-256color' },
      timeout: TMUX_DEADLINE_MS,
    })
    return stdout
  }
}
