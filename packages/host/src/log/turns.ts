// Owns how many do something at the same time; the others wait in the order in which they came.

export class Turns {
  readonly #limit: number
  readonly #queue: (() => void)[] = []
  #taken = 0

  /** @param limit how many at the same time */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Runs `work` when it is its turn. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken >= this.#limit) await new Promise<void>((resolve) => this.#queue.push(resolve))
    else this.#taken++
    try {
      return await work()
    } finally {
      // The turn goes to the next one, or back.
      const next = this.#queue.shift()
      if (next) next()
      else this.#taken--
    }
  }
}
