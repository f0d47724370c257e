// Owns a set of listeners: one that throws neither stops the others nor the connection that told it.

import type { Runtime } from './runtime.ts'

export class Listeners<T> {
  readonly #listeners = new Set<(fact: T) => void>()
  readonly #runtime: Runtime

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  /** @returns a function that removes it */
  add(listener: (fact: T) => void): () => void {
    // A wrapper, so that adding the same function twice makes two entries with a removal each.
    const entry = (fact: T): void => listener(fact)
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  emit(fact: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(fact)
      } catch (error) {
        this.#runtime.report(error)
      }
    }
  }
}
