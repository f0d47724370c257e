// Owns the question whether the peer still lives: silence is broken by a ping, and a ping by an answer.
// Every frame counts as a sign of life, so a busy connection is never asked.

import { PING_DEADLINE_MS, QUIET_MS } from './limits.ts'
import type { Runtime } from './runtime.ts'

export interface HeartbeatOptions {
  readonly runtime: Runtime
  readonly ping: () => void
  readonly handleDead: (silentMs: number) => void
}

export class Heartbeat {
  readonly #options: HeartbeatOptions
  #hasHeard = false
  #cancel: () => void

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#cancel = this.#afterQuiet()
  }

  /** Called with each frame; as cheap as it looks. */
  heard(): void {
    this.#hasHeard = true
  }

  /** Asks now. @param deadlineMs how long the peer may take */
  probe(deadlineMs: number): void {
    this.#cancel()
    this.#hasHeard = false
    this.#options.ping()
    this.#cancel = this.#options.runtime.setTimer(() => {
      if (this.#hasHeard) this.#cancel = this.#afterQuiet()
      else this.#options.handleDead(deadlineMs)
    }, deadlineMs)
  }

  stop(): void {
    this.#cancel()
  }

  #afterQuiet(): () => void {
    this.#hasHeard = false
    return this.#options.runtime.setTimer(() => {
      if (this.#hasHeard) this.#cancel = this.#afterQuiet()
      else this.probe(PING_DEADLINE_MS)
    }, QUIET_MS)
  }
}
