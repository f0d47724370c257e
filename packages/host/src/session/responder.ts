// Owns who answers a terminal's queries: of the viewers who can, the one who typed last; with none, the host. Each
// change is a marker in the log, so that an offset decides and no query gets two answers.

import { byteOffset, HOST_RESPONDER, type Marker } from '@limpet/protocol'
import type { Attachment } from './attachment.ts'
import type { HostDuty } from './host-duty.ts'

export interface ResponderOptions {
  /** End of the log: where a change takes effect. */
  readonly end: () => number
  readonly appendMarker: (marker: Marker) => void
  /** The host's own answers; absent: with no viewer who can answer, nobody does. */
  readonly host?: HostDuty
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
    return this.#current?.viewer ?? (this.#options.host?.isOnDuty === true ? HOST_RESPONDER : null)
  }

  /** Since which offset nobody answers; undefined while somebody does. */
  get vacantFrom(): number | undefined {
    return this.viewer === null ? this.#vacantFrom : undefined
  }

  /** From which offset on the present viewer may owe answers; undefined when it is none: the host never leaves. */
  get pendingFrom(): number | undefined {
    return this.#current && this.#openFrom(this.#current)
  }

  /** The session has begun, and whoever came with its start is there: with none who can answer, the host does. */
  begin(): void {
    if (this.viewer === null) this.#callHost(this.#vacantFrom)
  }

  handleAttached(attachment: Attachment): void {
    if (this.#current !== undefined || !attachment.canAnswer) return
    const { host, end } = this.#options
    const from = host?.isOnDuty === true ? end() : this.#vacantFrom
    // The host goes on with what was asked before: unlike a viewer, it is still there to do so.
    host?.end(from)
    this.#appoint(attachment, from)
  }

  handleTyped(attachment: Attachment): void {
    if (attachment === this.#current || !attachment.canAnswer) return
    const end = this.#options.end()
    // What lies before the marker stays the duty of the one before, who may not have read it yet.
    if (this.#current) {
      this.#current.answersFrom = this.#dutyFrom
      this.#current.answersUntil = end
    }
    this.#options.host?.end(end)
    this.#appoint(attachment, end)
  }

  /** @param others the viewers who remain, oldest first */
  handleDetached(attachment: Attachment, others: Iterable<Attachment>): void {
    const { host } = this.#options
    if (attachment !== this.#current) {
      // A former one that leaves before it has answered: its part is done by the one who always can.
      host?.take(Math.max(attachment.acknowledged, attachment.answersFrom), attachment.answersUntil)
      return
    }
    const openFrom = this.#openFrom(attachment)
    this.#current = undefined
    for (const other of others) {
      if (!other.canAnswer) continue
      // The one who left sent its answers before it acknowledged, so all from there on are open.
      this.#appoint(other, openFrom)
      // What is history to the heir is none to the host.
      host?.take(openFrom, other.liveFrom)
      return
    }
    this.#vacantFrom = openFrom
    if (!this.#callHost(openFrom)) this.#mark(null, openFrom)
  }

  /** True when an answer from this viewer may reach the process. */
  accepts(attachment: Attachment): boolean {
    return attachment === this.#current || attachment.acknowledged < attachment.answersUntil
  }

  #callHost(from: number): boolean {
    const { host } = this.#options
    if (host === undefined) return false
    host.begin(from)
    this.#mark(HOST_RESPONDER, from)
    return true
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
