// Owns which of a program's queries this terminal gets to see, so that each is answered exactly once
// (DESIGN.md §7): those after `liveFrom`, while this viewer is the responder. All others are swallowed;
// when we become the responder, those that the one before us left unanswered are let through after all.

import { isQuery } from './query-patterns.ts'

/** Swallowed queries that are kept for the case that we become the responder; older ones are forgotten. */
const MAX_KEPT_QUERIES = 64

/** What `session.attach` answered about queries. */
export interface ResponderFacts {
  /** Our name in responder markers. */
  readonly viewer: string
  /** Who answers, or null for nobody. */
  readonly responder: string | null
  /** Queries in bytes below this offset are never answered. */
  readonly liveFrom: number
}

export class QueryGate {
  #facts: ResponderFacts
  #kept: { readonly offset: number; readonly sequence: string }[] = []

  constructor(facts: ResponderFacts) {
    this.#facts = facts
  }

  /** After a reconnect, names and places are new ones. */
  attached(facts: ResponderFacts): void {
    this.#facts = facts
    this.#forgetBelow(facts.liveFrom)
  }

  /**
   * @param offset of the sequence's last byte: that is when a terminal would answer
   * @returns whether the terminal may see it
   */
  lets(sequence: string, offset: number): boolean {
    if (!isQuery(sequence)) return true
    const { viewer, responder, liveFrom } = this.#facts
    if (offset < liveFrom) return false
    if (responder === viewer) return true
    this.#kept.push({ offset, sequence })
    if (this.#kept.length > MAX_KEPT_QUERIES) this.#kept.shift()
    return false
  }

  /** @returns swallowed queries that the terminal is to answer now */
  responderChanged(marker: { readonly viewer: string | null; readonly from: number }): string[] {
    this.#facts = { ...this.#facts, responder: marker.viewer }
    this.#forgetBelow(marker.from)
    if (marker.viewer !== this.#facts.viewer) return []
    const unanswered = this.#kept.map((query) => query.sequence)
    this.#kept = []
    return unanswered
  }

  #forgetBelow(offset: number): void {
    this.#kept = this.#kept.filter((query) => query.offset >= offset)
  }
}
