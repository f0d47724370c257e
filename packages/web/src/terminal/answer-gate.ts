// Owns who answers a terminal's queries: of all viewers of a session exactly one sends the answer, and never to
// a question of the past. Pure: told what the terminal wants to say and where in the log it stands.
// Before: query-hooks.ts tells answers from typing; after: the session's input, flagged as an answer.
// The rule: docs/PROTOCOL.md, responder.

/** Answers kept while someone else is the responder; the oldest go first. */
export const MAX_HELD_ANSWERS = 64

/** What an attachment was told about answering. Offsets in bytes. */
export interface AnswerRole {
  /** My name in responder markers. */
  readonly viewer: string
  /** Who answers from `liveFrom` on; null for nobody. */
  readonly responder: string | null
  /** Queries below this offset are never answered. */
  readonly liveFrom: number
}

export class AnswerGate {
  readonly #send: (answer: string) => void
  #role: AnswerRole = { viewer: '', responder: null, liveFrom: Number.POSITIVE_INFINITY }
  #responder: string | null = null
  #held: { readonly answer: string; readonly offset: number }[] = []

  /** @param send takes an answer that is mine to give */
  constructor(send: (answer: string) => void) {
    this.#send = send
  }

  /** A new attachment, also after a reconnect: queries asked while nobody listened stay unanswered. */
  attach(role: AnswerRole): void {
    this.#role = role
    this.#responder = role.responder
    this.#held = this.#held.filter((held) => held.offset >= role.liveFrom)
  }

  /** The terminal answered a query. @param offset of the record that asked */
  handleAnswer(answer: string, offset: number): void {
    if (offset < this.#role.liveFrom) return
    if (this.#responder === this.#role.viewer) {
      this.#send(answer)
      return
    }
    this.#held.push({ answer, offset })
    if (this.#held.length > MAX_HELD_ANSWERS) this.#held.shift()
  }

  /**
   * The terminal has come to a responder marker.
   * @param marker.from the responder before may have left queries from here on unanswered
   * @param offset where the marker stands
   */
  handleMarker(
    marker: { readonly viewer: string | null; readonly from: number },
    offset: number,
  ): void {
    // What was so before I came is already part of what `attached` said.
    if (offset < this.#role.liveFrom) return
    this.#responder = marker.viewer
    if (marker.viewer !== this.#role.viewer) return
    const mine = this.#held.filter((held) => held.offset >= marker.from)
    this.#held = []
    for (const { answer } of mine) this.#send(answer)
  }
}
