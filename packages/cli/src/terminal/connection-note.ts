// Owns telling the user that the connection to the session was lost, and that it is back, without spoiling what
// is on the screen. Before: the state of the attachment; after: the terminal, or stderr when there is none.

import type { AttachmentState } from '@limpet/client'

/** A gateway that restarts is back within this time: nobody needs to read about it. */
const SILENCE_MS = 1000

const TEXT = 'limpet: the connection was lost; connecting again …'

/** The other screen keeps the one below as it is, to the last cell. */
const OVERLAY = { show: `\x1b[?1049h\x1b[0m\x1b[2J\x1b[H${TEXT}\r\n`, hide: '\x1b[?1049l' }

/** A program that has the other screen itself gets a line of it written over, and draws it again. */
const LAST_LINE = {
  show: `\x1b7\x1b[999;1H\x1b[0;7m${TEXT}\x1b[0m\x1b[K\x1b8`,
  hide: '\x1b7\x1b[999;1H\x1b[0m\x1b[2K\x1b8',
}

export interface ConnectionNoteOptions {
  /** Whether a full-screen program has the other screen. */
  readonly isAlternate: () => boolean
  /** Asks the program to draw its screen again. */
  readonly redraw: () => void
}

export class ConnectionNote implements Disposable {
  readonly #options: ConnectionNoteOptions
  #timer: NodeJS.Timeout | undefined
  /** What takes away what is shown. */
  #hide: (() => void) | undefined

  constructor(options: ConnectionNoteOptions) {
    this.#options = options
  }

  handleState(state: AttachmentState): void {
    clearTimeout(this.#timer)
    if (state === 'resuming') this.#timer = setTimeout(() => this.#show(), SILENCE_MS)
    else this.#takeAway()
  }

  /** Takes away what is shown. Idempotent. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#takeAway()
  }

  #takeAway(): void {
    this.#hide?.()
    this.#hide = undefined
  }

  #show(): void {
    const { isAlternate, redraw } = this.#options
    if (this.#hide !== undefined) return
    if (!process.stdout.isTTY) {
      process.stderr.write(`${TEXT}\n`)
      this.#hide = () => process.stderr.write('limpet: connected again\n')
    } else if (isAlternate()) {
      process.stdout.write(LAST_LINE.show)
      this.#hide = () => {
        process.stdout.write(LAST_LINE.hide)
        redraw()
      }
    } else {
      process.stdout.write(OVERLAY.show)
      this.#hide = () => process.stdout.write(OVERLAY.hide)
    }
  }
}
