// Owns measuring how long a terminal takes from asking to be attached to its first whole screen. Browsers keep the
// measures (`limpet:first-screen` in the performance timeline), where tests and the curious read them.

/** What the timeline calls it; milliseconds. */
const MEASURE = 'limpet:first-screen'

export class FirstScreen {
  #askedAt = 0
  #isNoted = false

  /** It is asked for now. */
  begin(): void {
    this.#askedAt = performance.now()
  }

  /** The screen is whole; only the first time counts. */
  note(): void {
    if (this.#isNoted) return
    this.#isNoted = true
    performance.measure(MEASURE, { start: this.#askedAt, end: performance.now() })
  }
}
