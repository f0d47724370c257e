// Owns who answers a terminal's queries: of the viewers who can, the one who typed last; nobody when there
// is none. Each change is a marker in the log, so that an offset decides and no query gets two answers.

import { byteOffset, type Marker } from '@limpet/protocol'
import type { Attachment } from './attachment.ts'

export interface ResponderOptions {
  /** End of the log: where a change takes effect. */
  readonly end: () => number
  readonly appendMarker: (marker: Marker) => void
}

export class Responder {
  readonly #options: ResponderOptions
  #current: Attachment | undefined
  /** What lies before was the duty of others, whatever the present one has acknowledged. */
  #dutyFrom = 0
  #vacantFrom = 0

  constructor(options: ResponderOptions) {
    this.#options = options
  }

  get viewer(): string | null {
    return this.#current?.viewer ?? null
  }

  /** Since which offset nobody answers; undefined while somebody does. */
  get vacantFrom(): number | undefined {
    return this.#current === undefined ? this.#vacantFrom : undefined
  }

  /** From which offset on the present one may owe answers; undefined while there is none. */
  get pendingFrom(): number | undefined {
    return this.#current && this.#openFrom(this.#current)
  }

  handleAttached(attachment: Attachment): void {
    if (this.#current === undefined && attachment.canAnswer)
      this.#appoint(attachment, this.#vacantFrom)
  }

  handleTyped(attachment: Attachment): void {
    if (attachment === this.#current || !attachment.canAnswer) return
    const end = this.#options.end()
    // What lies before the marker stays the duty of the one before, who may not have read it yet.
    if (this.#current) this.#current.answersUntil = end
    this.#appoint(attachment, end)
  }

  /** @param others the viewers who remain, oldest first */
  handleDetached(attachment: Attachment, others: Iterable<Attachment>): void {
    if (attachment !== this.#current) return
    const openFrom = this.#openFrom(attachment)
    this.#current = undefined
    for (const other of others) {
      if (!other.canAnswer) continue
      // The one who left sent its answers before it acknowledged, so all from there on are open.
      this.#appoint(other, openFrom)
      return
    }
    this.#vacantFrom = openFrom
    this.#mark(null, this.#vacantFrom)
  }

  /** True when an answer from this viewer may reach the process. */
  accepts(attachment: Attachment): boolean {
    return attachment === this.#current || attachment.acknowledged < attachment.answersUntil
  }

  /** Where the queries begin that it may not have answered yet. */
  #openFrom(current: Attachment): number {
    return Math.max(current.acknowledged, this.#dutyFrom)
  }

  #appoint(attachment: Attachment, from: number): void {
    this.#current = attachment
    this.#dutyFrom = from
    attachment.answersUntil = 0
    this.#mark(attachment.viewer, from)
  }

  #mark(viewer: string | null, from: number): void {
    this.#options.appendMarker({ type: 'responder', viewer, from: byteOffset(from) })
  }
}
