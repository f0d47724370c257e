// Owns the answers of the host's own terminal: which of them reach the process. The terminal answers every query
// there is, sooner or later; the host's duty is in ranges of offsets, and what lies outside waits or is dropped.
// Before: the screen room; after: the process. The same rule in the page: web's answer-gate.ts.

import { MAX_HELD_ANSWERS, type Answer } from '../screen/index.ts'

/** Queries from `from` (included) to `until` (excluded) are the host's. */
interface Range {
  readonly from: number
  until: number
}

export interface HostDutyOptions {
  /** Takes an answer that is the host's to give. */
  readonly send: (text: string) => void
  /** The host has to answer what comes, or no longer. */
  readonly handleDuty: (isOnDuty: boolean) => void
  /** The host owes answers to queries that its terminal may not have read yet. */
  readonly handleOwed: () => void
}

export class HostDuty {
  readonly #options: HostDutyOptions
  #ranges: Range[] = []
  /** Answers to what was somebody else's duty, and may become ours when they leave without one. */
  #held: Answer[] = []
  /** All queries before this offset were answered by the terminal, once: it may read them again after a fault. */
  #parsedTo = 0

  constructor(options: HostDutyOptions) {
    this.#options = options
  }

  /** True while the host answers what comes. */
  get isOnDuty(): boolean {
    return this.#ranges.at(-1)?.until === Number.POSITIVE_INFINITY
  }

  /** Queries from here on are the host's. */
  begin(from: number): void {
    this.#add({ from, until: Number.POSITIVE_INFINITY })
    this.#options.handleDuty(true)
  }

  /** Queries from here on are somebody else's; the host still answers those before. */
  end(until: number): void {
    const last = this.#ranges.at(-1)
    if (last === undefined || !this.isOnDuty) return
    last.until = until
    this.#options.handleDuty(false)
    if (until > this.#parsedTo) this.#options.handleOwed()
  }

  /** Queries that somebody left without an answer. */
  take(from: number, until: number): void {
    if (from >= until) return
    this.#add({ from, until })
    if (until > this.#parsedTo) this.#options.handleOwed()
  }

  /** @param parsedTo all queries before this offset are answered by these and the ones before */
  handleAnswers(answers: readonly Answer[], parsedTo: number): void {
    for (const answer of answers) if (answer.offset >= this.#parsedTo) this.#settle(answer)
    this.#parsedTo = Math.max(this.#parsedTo, parsedTo)
    // A range that was parsed to its end is done.
    this.#ranges = this.#ranges.filter(({ until }) => until > this.#parsedTo)
  }

  #add(range: Range): void {
    // The open one stays the last: it says whether the host is on duty.
    this.#ranges.splice(this.isOnDuty ? -1 : this.#ranges.length, 0, range)
    const held = this.#held
    this.#held = []
    for (const answer of held) this.#settle(answer)
  }

  #settle(answer: Answer): void {
    const isOurs = this.#ranges.some(
      ({ from, until }) => answer.offset >= from && answer.offset < until,
    )
    if (isOurs) return this.#options.send(answer.text)
    this.#held.push(answer)
    if (this.#held.length > MAX_HELD_ANSWERS) this.#held.shift()
  }
}
