// Owns what of a recording the watcher's terminal gets to see: all that draws, nothing that would make it
// answer, or change how the keyboard and the mouse speak, since they steer the replay. Before: recorded output;
// after: the terminal.

/* oxlint-disable no-control-regex -- control sequences are what this file is about */

import { EscapeTokenizer } from '../terminal/escape-tokens.ts'
import { isQuery } from '../terminal/query-patterns.ts'
import type { TerminalModes } from '../terminal/terminal-modes.ts'

/** Cursor keys, mouse, focus, bracketed paste, kitty's and xterm's keyboards, keypad. */
const INPUT_MODES: readonly RegExp[] = [
  /^\x1b\[\?(?:(?:1|9|66|67|10(?:0[0-7]|1[56])|2004|2031)(?:;|(?=[hl])))+[hl]$/,
  /^\x1b\[[>=<][\d;]*u$/,
  /^\x1b\[>[\d;]*m$/,
  /^\x1b[=>]$/,
  /^\x1b\]52;/, // the clipboard is the watcher's own
]

export class ReplayFilter {
  readonly #tokenizer = new EscapeTokenizer()
  readonly #modes: TerminalModes

  /** @param modes is told what the terminal was shown */
  constructor(modes: TerminalModes) {
    this.#modes = modes
  }

  /** @returns what to show */
  push(bytes: Uint8Array): Uint8Array {
    let shown = ''
    for (const { kind, text } of this.#tokenizer.push(bytes)) {
      if (kind === 'sequence') {
        if (isQuery(text) || INPUT_MODES.some((pattern) => pattern.test(text))) continue
        this.#modes.note(text)
      }
      shown += text
    }
    return Buffer.from(shown, 'latin1')
  }
}
