// Owns the way of a key: is it the terminal's answer, the detach key, or typed? Before: the raw terminal;
// after: the session's input. A pasted megabyte is taken no faster than the program takes it.

import { MAX_UNACKNOWLEDGED_INPUT_BYTES } from '@limpet/protocol'
import { AnswerSplitter, type InputPart } from './answer-splitter.ts'
import { DETACH_KEY_HOLD_MS, type DetachKey } from './detach-key.ts'

/** When nothing follows a lone ESC for so long, it was the key of that name and not half an answer. */
const ESCAPE_HOLD_MS = 50

export interface KeyboardOptions {
  readonly detachKey: DetachKey
  /** Sends to the process. @returns when it was written there */
  readonly send: (bytes: Uint8Array, isAnswer: boolean) => Promise<void>
  /** Input that is on its way, in bytes. */
  readonly pendingBytes: () => number
  readonly pause: () => void
  readonly resume: () => void
  readonly handleDetach: () => void
}

export class Keyboard implements Disposable {
  readonly #options: KeyboardOptions
  readonly #splitter = new AnswerSplitter({ nowMs: () => performance.now() })
  #escapeTimer: NodeJS.Timeout | undefined
  #detachTimer: NodeJS.Timeout | undefined

  constructor(options: KeyboardOptions) {
    this.#options = options
  }

  /** The terminal was shown a query. */
  expectAnswerTo(query: string): void {
    this.#splitter.expectAnswerTo(query)
  }

  handleKeys(bytes: Uint8Array): void {
    clearTimeout(this.#escapeTimer)
    this.#handleParts(this.#splitter.push(bytes))
    if (!this.#splitter.isHolding) return
    this.#escapeTimer = setTimeout(() => this.#handleParts(this.#splitter.flush()), ESCAPE_HOLD_MS)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#escapeTimer)
    clearTimeout(this.#detachTimer)
  }

  #handleParts(parts: readonly InputPart[]): void {
    for (const { bytes, isAnswer } of parts) {
      if (isAnswer) this.#send(bytes, true)
      else if (this.#handleTyped(bytes)) return
    }
  }

  /** @returns true when the rest is not for the program any more */
  #handleTyped(bytes: Uint8Array): boolean {
    const { detachKey, handleDetach } = this.#options
    clearTimeout(this.#detachTimer)
    const { pass, isDetach } = detachKey.push(bytes)
    this.#send(pass, false)
    if (isDetach) handleDetach()
    else if (detachKey.isHolding) {
      this.#detachTimer = setTimeout(() => this.#send(detachKey.flush(), false), DETACH_KEY_HOLD_MS)
    }
    return isDetach
  }

  #send(bytes: Uint8Array, isAnswer: boolean): void {
    if (bytes.length === 0) return
    const { send, pendingBytes, pause, resume } = this.#options
    const sent = send(bytes, isAnswer)
    if (pendingBytes() > MAX_UNACKNOWLEDGED_INPUT_BYTES) {
      pause()
      void sent.finally(resume)
    }
  }
}
