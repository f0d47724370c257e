// Owns what a program has changed about the user's own terminal, so that leaving the session puts it back:
// nothing is reset that was not set. Before: output on its way to the terminal; after: the bytes of `restore`.

/* oxlint-disable no-control-regex -- control sequences are what this file is about */

/** DEC private modes that are on in a fresh terminal: autowrap and the cursor. */
const ON_BY_DEFAULT: ReadonlySet<number> = new Set([7, 25])

const ALTERNATE_SCREENS = [47, 1047, 1049] as const

const PRIVATE_MODES = /^\x1b\[\?([\d;]+)([hl])$/
const RESET = /^\x1b(?:c|\[!p)$/

/** Everything else worth undoing: when `set` was seen, `undo` is written. */
const CHANGES: readonly { readonly set: RegExp; readonly undo: string }[] = [
  { set: /^\x1b\[[>=][\d;]+u$/, undo: '\x1b[=0u\x1b[<9u' }, // kitty keyboard
  { set: /^\x1b\[>4;[12]m$/, undo: '\x1b[>4m' }, // modifyOtherKeys
  { set: /^\x1b=$/, undo: '\x1b>' }, // application keypad
  { set: /^\x1b\[4h$/, undo: '\x1b[4l' }, // insert mode
  { set: /^\x1b\[\d* q$/, undo: '\x1b[0 q' }, // cursor style
  { set: /^\x1b\[\d*;?\d*r$/, undo: '\x1b7\x1b[r\x1b8' }, // scroll region; resetting it homes the cursor
  { set: /^\x1b[()][^B]$/, undo: '\x1b(B\x1b)B' }, // line drawing
  { set: /^\x1b\]4;/, undo: '\x1b]104\x1b\\' },
  { set: /^\x1b\]10;/, undo: '\x1b]110\x1b\\' },
  { set: /^\x1b\]11;/, undo: '\x1b]111\x1b\\' },
  { set: /^\x1b\]12;/, undo: '\x1b]112\x1b\\' },
]

export class TerminalModes {
  /** Private modes that are not as in a fresh terminal. */
  readonly #changedModes = new Set<number>()
  readonly #undo = new Set<string>()

  /** @param sequence one whole escape sequence that the terminal is shown */
  note(sequence: string): void {
    const modes = PRIVATE_MODES.exec(sequence)
    if (modes) {
      for (const mode of (modes[1] ?? '').split(';')) this.#noteMode(Number(mode), modes[2] === 'h')
    } else if (RESET.test(sequence)) {
      this.#changedModes.clear()
      this.#undo.clear()
    } else {
      const change = CHANGES.find(({ set }) => set.test(sequence))
      if (change) this.#undo.add(change.undo)
    }
  }

  /** Whether a full-screen program has the other screen. */
  get isAlternate(): boolean {
    return ALTERNATE_SCREENS.some((mode) => this.#changedModes.has(mode))
  }

  /** @returns what makes the terminal as it was, for a program that starts anew on it */
  reset(): string {
    const restored = this.restore()
    this.#changedModes.clear()
    this.#undo.clear()
    return restored
  }

  /** @returns what makes the terminal fit for the user's shell again */
  restore(): string {
    const modes = Array.from(
      this.#changedModes,
      (mode) => `\x1b[?${mode}${ON_BY_DEFAULT.has(mode) ? 'h' : 'l'}`,
    )
    // Colours last: leaving the other screen may bring old ones back.
    return [...this.#undo, ...modes, '\x1b[0m'].join('')
  }

  #noteMode(mode: number, isOn: boolean): void {
    if (isOn === ON_BY_DEFAULT.has(mode)) this.#changedModes.delete(mode)
    else this.#changedModes.add(mode)
  }
}
