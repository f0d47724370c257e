// Owns passing on the signals that we get to the process that we stand for.

import type { Session } from '@limpet/client'

/** What a terminal, a shell or a service manager sends to end or steer a program. */
const RELAYED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

export class SignalRelay implements Disposable {
  readonly #handlers = new Map<NodeJS.Signals, () => void>()
  #session: Session | undefined
  #early: NodeJS.Signals | undefined

  constructor() {
    for (const name of RELAYED) {
      const handle = (): void => this.#handle(name)
      this.#handlers.set(name, handle)
      process.on(name, handle)
    }
  }

  /** The process has started; a signal that came before it reaches it now. */
  relayTo(session: Session): void {
    this.#session = session
    if (this.#early) this.#handle(this.#early)
  }

  [Symbol.dispose](): void {
    for (const [name, handle] of this.#handlers) process.off(name, handle)
  }

  #handle(name: NodeJS.Signals): void {
    this.#early = name
    // A process that has just ended needs no signal; its exit is on the way to us.
    void this.#session?.signal(name).catch(() => {})
  }
}
