// Owns pseudo-terminals: the only file that knows node-pty, of which it uses `open` and `resize` and
// nothing else (its `spawn` throws away unread output 200 ms after the exit). Must not know processes.

import { chmodSync, closeSync, constants, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { LimpetError } from '@limpet/protocol'

/** The native half of node-pty; it has no types of its own. */
interface NativePty {
  open(columns: number, rows: number): { master: number; slave: number; pty: string }
  resize(master: number, columns: number, rows: number): void
}

export interface Terminal {
  /** Our side. O_NONBLOCK but, alas, not close-on-exec: see `Terminals.openCount`. */
  readonly master: number
  /** The program's side, blocking, close-on-exec. */
  readonly slave: number
  /** "/dev/pts/N" */
  readonly path: string
}

/** A kernel's `struct winsize` holds 16 bits each. */
const MAX_CELLS = 65_535

export class Terminals {
  readonly #findTool: (name: string) => string | undefined
  #native: NativePty | undefined
  #openCount = 0

  /** @param findTool absolute path of a program of the system */
  constructor(findTool: (name: string) => string | undefined) {
    this.#findTool = findTool
  }

  /**
   * Masters that are open now. node-pty opens them without close-on-exec and nothing in Node can set it
   * afterwards, so while there are any, every child must close what it inherited (threat 21).
   */
  get openCount(): number {
    return this.#openCount
  }

  /** Bash, through which children are started while a terminal is open (see clean-exec.ts). */
  get bashPath(): string {
    const path = this.#findTool('bash')
    if (path !== undefined) return path
    throw new LimpetError('LAUNCH_FAILED', 'Could not open a terminal: install `bash`.')
  }

  get sttyPath(): string | undefined {
    return this.#findTool('stty')
  }

  /** @throws LimpetError LAUNCH_FAILED when the system has no terminal left, or no bash */
  open(size: { readonly columns: number; readonly rows: number }): Terminal {
    checkSize(size)
    // Asked first: with a terminal open and no bash, no other process could be started cleanly.
    void this.bashPath
    try {
      const { master, slave: firstSlave, pty: path } = this.#load().open(size.columns, size.rows)
      this.#openCount += 1
      try {
        // Opened again, because node-pty's is non-blocking and inherited by every child.
        const slave = openSync(path, constants.O_RDWR | constants.O_NOCTTY)
        // Not 0620: members of the group tty may not write onto this screen.
        chmodSync(path, 0o600)
        return { master, slave, path }
      } catch (error) {
        closeSync(master)
        this.released()
        throw error
      } finally {
        closeSync(firstSlave)
      }
    } catch (cause) {
      const message = 'Could not open a terminal. Close other terminals, or see `limpet doctor`.'
      throw new LimpetError('LAUNCH_FAILED', message, { cause })
    }
  }

  /** Whoever closed a master says so. */
  released(): void {
    this.#openCount -= 1
  }

  /** The program is told by SIGWINCH. @throws RangeError when a side is not 1 to 65 535 cells */
  resize(master: number, size: { readonly columns: number; readonly rows: number }): void {
    checkSize(size)
    this.#load().resize(master, size.columns, size.rows)
  }

  #load(): NativePty {
    if (this.#native === undefined) {
      const require = createRequire(import.meta.url)
      const path = '@lydell/node-pty/requireBinary.js'
      // The package types only its own spawn; these two signatures are those of its src/unix/pty.cc.
      const loader = require(path) as { requireBinary(file: string): NativePty }
      this.#native = loader.requireBinary('pty.node')
    }
    return this.#native
  }
}

function checkSize({ columns, rows }: { readonly columns: number; readonly rows: number }): void {
  for (const [side, cells] of Object.entries({ columns, rows })) {
    if (!Number.isInteger(cells) || cells < 1 || cells > MAX_CELLS) {
      throw new RangeError(`A terminal of ${cells} ${side} is not possible: 1 to ${MAX_CELLS} are.`)
    }
  }
}
