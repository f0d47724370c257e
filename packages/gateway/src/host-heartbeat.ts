// Owns whether the host answers: one small question at a time over the standing link. Must not know who is told.

import { HOST_BEAT_MS, HOST_SILENT_BEATS } from './limits.ts'

export type HostState = 'responsive' | 'unresponsive'

export interface HostHeartbeatOptions {
  /** Asks; fulfilled by the answer. A link that ends is another matter. */
  readonly ping: () => Promise<unknown>
  readonly handleState: (state: HostState) => void
}

export class HostHeartbeat {
  readonly #options: HostHeartbeatOptions
  readonly #timer: NodeJS.Timeout
  #state: HostState = 'responsive'
  #isWaiting = false
  #silentBeats = 0

  constructor(options: HostHeartbeatOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#beat(), HOST_BEAT_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    if (!this.#isWaiting) return this.#ask()
    this.#silentBeats += 1
    if (this.#silentBeats >= HOST_SILENT_BEATS) this.#change('unresponsive')
  }

  #ask(): void {
    this.#isWaiting = true
    this.#options.ping().then(
      () => {
        this.#isWaiting = false
        this.#silentBeats = 0
        this.#change('responsive')
      },
      () => {}, // the link is gone, and this heartbeat with it
    )
  }

  #change(state: HostState): void {
    if (state === this.#state) return
    this.#state = state
    this.#options.handleState(state)
  }
}
