// Owns telling what a person typed from what the person's terminal answered: both come through one
// keyboard stream. Before: the raw keyboard; after: input frames, each all typed or all answer.

import { EscapeTokenizer, type EscapeToken } from './escape-tokens.ts'
import { isAnswer, isCursorQuery, isCursorReport } from './query-patterns.ts'

/** After this time a terminal, even at the far end of a slow SSH connection, has answered or never will. */
const ANSWER_EXPECTED_MS = 3000

export interface InputPart {
  readonly bytes: Uint8Array
  readonly isAnswer: boolean
}

export class AnswerSplitter {
  readonly #nowMs: () => number
  readonly #tokenizer = new EscapeTokenizer()
  #cursorReportsDue = 0
  #expectedUntilMs = -Infinity

  constructor(options: { readonly nowMs: () => number }) {
    this.#nowMs = options.nowMs
  }

  /** The terminal was shown this query. */
  expectAnswerTo(query: string): void {
    if (!this.#isExpecting) this.#cursorReportsDue = 0
    if (isCursorQuery(query)) this.#cursorReportsDue += 1
    this.#expectedUntilMs = this.#nowMs() + ANSWER_EXPECTED_MS
  }

  /**
   * The end of a read may cut an answer in two. While one is due, such an end is held: call `flush` when
   * nothing more has come for a moment (it was the Escape key). Otherwise nothing is ever held.
   */
  push(bytes: Uint8Array): InputPart[] {
    const tokens = this.#tokenizer.push(bytes)
    if (!this.#isExpecting) tokens.push(...this.#tokenizer.flush())
    return this.#partsOf(tokens)
  }

  get isHolding(): boolean {
    return this.#tokenizer.heldBytes > 0
  }

  flush(): InputPart[] {
    return this.#partsOf(this.#tokenizer.flush())
  }

  get #isExpecting(): boolean {
    return this.#nowMs() < this.#expectedUntilMs
  }

  #partsOf(tokens: readonly EscapeToken[]): InputPart[] {
    const parts: { text: string; isAnswer: boolean }[] = []
    for (const { kind, text } of tokens) {
      const answers = kind === 'sequence' && this.#isAnswer(text)
      const last = parts.at(-1)
      if (last?.isAnswer === answers) last.text += text
      else parts.push({ text, isAnswer: answers })
    }
    return parts.map((part) => ({ ...part, bytes: Buffer.from(part.text, 'latin1') }))
  }

  #isAnswer(sequence: string): boolean {
    if (!isCursorReport(sequence)) return isAnswer(sequence)
    if (!this.#isExpecting || this.#cursorReportsDue === 0) return false
    this.#cursorReportsDue -= 1
    return true
  }
}
