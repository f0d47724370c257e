// Owns which viewer's size the terminal takes: that of the one who typed last (`latest`); before anybody
// typed, that of the first who said one.

import type { TerminalSize } from '@limpet/protocol'
import type { Attachment } from './attachment.ts'

export class SizeRule {
  readonly #apply: (size: TerminalSize) => void
  #owner: Attachment | undefined

  /** @param apply is called with the size that holds from now on, also when it is the present one */
  constructor(apply: (size: TerminalSize) => void) {
    this.#apply = apply
  }

  handleAttached(attachment: Attachment): void {
    if (this.#owner === undefined) this.#give(attachment)
  }

  handleTyped(attachment: Attachment): void {
    if (this.#owner !== attachment) this.#give(attachment)
  }

  handleResized(attachment: Attachment, size: TerminalSize): void {
    attachment.size = size
    if (this.#owner === undefined || this.#owner === attachment) this.#give(attachment)
  }

  /** @param others the viewers who remain, oldest first; the newest with a size takes over */
  handleDetached(attachment: Attachment, others: Iterable<Attachment>): void {
    if (attachment !== this.#owner) return
    this.#owner = undefined
    const heir = [...others].findLast((other) => other.size && other.connection.canType)
    if (heir) this.#give(heir)
  }

  #give(attachment: Attachment): void {
    if (attachment.size === undefined || !attachment.connection.canType) return
    this.#owner = attachment
    this.#apply(attachment.size)
  }
}
