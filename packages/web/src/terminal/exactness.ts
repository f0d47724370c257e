// Owns whether what a terminal shows is known to be right: after output was skipped the screen may have holes
// [SCREEN-2], until so much was drawn since that nothing of before can be left. Knows xterm's parser, not sessions.

import { signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { Terminal } from '@xterm/xterm'

/** Output that is worth so many full screens, in bytes for each cell, has drawn all of it anew, or scrolled it away. */
const BYTES_PER_CELL = 4

/** ED with these erases the whole screen, or the scrollback with it. */
const WHOLE_SCREEN: ReadonlySet<number> = new Set([2, 3])

export class Exactness {
  readonly isExact: ReadonlySignal<boolean>
  readonly #isExact: Signal<boolean> = signal(true)
  readonly #terminal: Terminal
  /** Where the log had come to when the screen was restored; bytes. */
  #restoredAt = 0

  /** The hooks go with the terminal. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal
    this.isExact = this.#isExact
    terminal.parser.registerCsiHandler({ final: 'J' }, (parameters) => {
      if (WHOLE_SCREEN.has(Number(parameters[0]))) this.#isExact.value = true
      return false // xterm erases
    })
    terminal.parser.registerEscHandler({ final: 'c' }, () => {
      this.#isExact.value = true
      return false // xterm resets
    })
    // Whoever takes the other screen draws all of it, and so does whoever comes back from it.
    terminal.buffer.onBufferChange(() => {
      this.#isExact.value = true
    })
  }

  /** A checkpoint is parsed. @param offset of the log, in bytes */
  restore(isExact: boolean, offset: number): void {
    this.#restoredAt = offset
    this.#isExact.value = isExact
  }

  /** Output is parsed. @param end of it in the log, in bytes */
  noteParsed(end: number): void {
    if (this.#isExact.peek()) return
    const { cols, rows } = this.#terminal
    if (end - this.#restoredAt >= cols * rows * BYTES_PER_CELL) this.#isExact.value = true
  }
}
