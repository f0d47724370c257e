// Owns text → lines over the parts of one stream. A line without an end is held back, up to a limit.

import { MAX_HELD_LINE_LENGTH } from '../../limits.ts'

export class LineSplitter {
  #held = ''

  /** @returns the lines that are whole now, without their ends; a longer one than the limit comes in pieces */
  push(text: string): readonly string[] {
    const lines = (this.#held + text).split('\n')
    this.#held = lines.pop() ?? ''
    const whole = lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    if (this.#held.length <= MAX_HELD_LINE_LENGTH) return whole
    return [...whole, ...this.end()]
  }

  /** @returns the last line, when it had no end */
  end(): readonly string[] {
    const held = this.#held
    this.#held = ''
    return held === '' ? [] : [held]
  }
}
