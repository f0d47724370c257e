// Owns the question whether the peer still lives: silence is broken by a ping, and a ping by an answer.
// Every frame counts as a sign of life, so a busy connection is never asked.

import { HEARTBEAT_TICK_MS, PING_DEADLINE_MS, QUIET_MS } from './limits.ts'
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
    this.#cancel = this.#nextTick(QUIET_MS)
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
      if (this.#hasHeard) this.#cancel = this.#nextTick(QUIET_MS)
      else this.#options.handleDead(deadlineMs)
    }, deadlineMs)
  }

  stop(): void {
    this.#cancel()
  }

  /** A flag and a few looks at it cost less than reading a clock with each frame. */
  #nextTick(quietLeftMs: number): () => void {
    this.#hasHeard = false
    return this.#options.runtime.setTimer(() => {
      const leftMs = this.#hasHeard ? QUIET_MS : quietLeftMs - HEARTBEAT_TICK_MS
      if (leftMs <= 0) this.probe(PING_DEADLINE_MS)
      else this.#cancel = this.#nextTick(leftMs)
    }, HEARTBEAT_TICK_MS)
  }
}
