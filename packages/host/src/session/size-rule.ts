// Owns whose size a terminal takes [SIZE-1]: by the rule `latest`, that of the viewer who typed last; before
// anybody typed, of the first who said one. Who may not type never counts. Must not know how sizes are applied.

import type { SizeRuleName, TerminalSize } from '@limpet/protocol'
import type { Attachment } from './attachment.ts'

export interface SizeRuleOptions {
  readonly rule: SizeRuleName
  /** Oldest first. */
  readonly attachments: () => Iterable<Attachment>
  /** The viewer who has control and is here. */
  readonly leader: () => Attachment | undefined
  /** Called with the size that holds from now on, also when it is the present one. */
  readonly apply: (size: TerminalSize) => void
}

export class SizeRule {
  readonly #options: SizeRuleOptions
  #rule: SizeRuleName
  /** Whose size `latest` takes; known under every rule, for the day when the rule changes. */
  #owner: Attachment | undefined

  constructor(options: SizeRuleOptions) {
    this.#options = options
    this.#rule = options.rule
  }

  get rule(): SizeRuleName {
    return this.#rule
  }

  /** @param size with `fixed`: what holds from now on @default as it is */
  setRule(rule: SizeRuleName, size?: TerminalSize): void {
    this.#rule = rule
    if (rule !== 'fixed') this.update()
    else if (size) this.#options.apply(size)
  }

  handleAttached(attachment: Attachment): void {
    if (this.#owner === undefined && counts(attachment)) this.#owner = attachment
    this.update()
  }

  handleTyped(attachment: Attachment): void {
    if (this.#owner === attachment || !counts(attachment)) return
    this.#owner = attachment
    this.update()
  }

  handleResized(attachment: Attachment, size: TerminalSize): void {
    attachment.size = size
    if (this.#owner === undefined && counts(attachment)) this.#owner = attachment
    this.update()
  }

  /** It is no longer among the attachments; the newest who has a size takes over. */
  handleDetached(attachment: Attachment): void {
    if (attachment === this.#owner) {
      this.#owner = [...this.#options.attachments()].findLast(counts)
    }
    this.update()
  }

  /** Looks again; called also when control changed hands. */
  update(): void {
    const size = this.#size()
    if (size) this.#options.apply(size)
  }

  #size(): TerminalSize | undefined {
    if (this.#rule === 'fixed') return undefined
    if (this.#rule === 'smallest') return smallest(this.#options.attachments())
    const leader = this.#rule === 'leader' ? this.#options.leader() : undefined
    return leader?.size ?? this.#owner?.size
  }
}

function counts({ size, connection }: Attachment): boolean {
  return size !== undefined && connection.canType
}

/** @returns undefined when nobody said a size */
function smallest(attachments: Iterable<Attachment>): TerminalSize | undefined {
  let least: TerminalSize | undefined
  for (const attachment of attachments) {
    const { size } = attachment
    if (size === undefined || !counts(attachment)) continue
    least = {
      columns: Math.min(size.columns, least?.columns ?? size.columns),
      rows: Math.min(size.rows, least?.rows ?? size.rows),
    }
  }
  return least
}
