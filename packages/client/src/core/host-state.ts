// Owns what is known of the host behind a gateway: whether it answers. Before: the gateway, which asks it
// every few seconds; after: whoever shows that what was typed waits.

import { Listeners } from './listeners.ts'
import type { Runtime } from './runtime.ts'

/** unresponsive: the gateway has had no answer for 10 s, and what is sent waits. */
export type HostState = 'responsive' | 'unresponsive'

export class HostWatch {
  readonly #listeners: Listeners<HostState>
  #state: HostState = 'responsive'

  constructor(runtime: Runtime) {
    this.#listeners = new Listeners(runtime)
  }

  get state(): HostState {
    return this.#state
  }

  onChange(listener: (state: HostState) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Said by the gateway, or shown by an answer of the host itself. */
  handle(state: HostState): void {
    if (state === this.#state) return
    this.#state = state
    this.#listeners.emit(state)
  }
}
