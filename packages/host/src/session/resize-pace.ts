// Owns how often a terminal is resized: a window that is dragged says hundreds of sizes a second, and each one
// makes the program redraw. The first is applied at once, then one in RESIZE_INTERVAL_MS; the last one wins.

import type { TerminalSize } from '@limpet/protocol'
import type { Clock } from '../base/clock.ts'
import { RESIZE_INTERVAL_MS } from './limits.ts'

export class ResizePace {
  readonly #clock: Clock
  readonly #apply: (size: TerminalSize) => void
  #appliedAt = Number.NEGATIVE_INFINITY
  #waiting: TerminalSize | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param apply gives the terminal this size, if it has another one */
  constructor(clock: Clock, apply: (size: TerminalSize) => void) {
    this.#clock = clock
    this.#apply = apply
  }

  resize(size: TerminalSize): void {
    this.#waiting = size
    if (this.#timer !== undefined) return
    const waitMs = this.#appliedAt + RESIZE_INTERVAL_MS - this.#clock.monotonicMs()
    if (waitMs <= 0) this.#flush()
    else this.#timer = setTimeout(() => this.#flush(), waitMs)
  }

  /** Applies what waits at once: a key that was typed after a resize must not come before it. */
  settle(): void {
    if (this.#waiting) this.#flush()
  }

  /** What waits is dropped: the terminal has gone. */
  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting = undefined
  }

  #flush(): void {
    const size = this.#waiting
    this.close()
    if (size === undefined) return
    this.#appliedAt = this.#clock.monotonicMs()
    this.#apply(size)
  }
}
