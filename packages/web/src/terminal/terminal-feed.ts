// Owns the way of records into xterm: each one whole and in order, its offset known while it is parsed. What is
// parsed is acknowledged [FLOW-1], so the host never sends more than a window ahead; nothing else is queued here.
// Before: the SDK's session; after: xterm's parser, and whoever handles the facts between the output.

import type { Fact } from '@limpet/protocol'
import type { Terminal } from '@xterm/xterm'

/** A record as the SDK hands it over: a fact and its place in the log, in bytes. */
export type PlacedFact = Fact & { readonly offset: number; readonly end: number }

export interface TerminalFeedOptions {
  readonly terminal: Terminal
  /** Called when the parser has come to the fact: all output before it is on the screen's grid. */
  readonly handleFact: (fact: PlacedFact) => void
  /** Called once per batch that xterm parsed. @param end offset of the first byte not parsed yet */
  readonly handleParsed: (end: number) => void
}

const NOTHING = new Uint8Array(0)

export class TerminalFeed {
  readonly #options: TerminalFeedOptions
  /** What was handed to xterm and is not parsed yet; bounded by the attachment's window. */
  #waiting: PlacedFact[] = []
  #next = 0
  #end = 0
  #told = 0

  constructor(options: TerminalFeedOptions) {
    this.#options = options
    options.terminal.onWriteParsed(() => this.#tell())
  }

  /** Offset of the record that is being parsed, or of the next one. */
  get offset(): number {
    return this.#waiting[this.#next]?.offset ?? this.#end
  }

  /** @param record its bytes must not change any more */
  push(record: PlacedFact): void {
    this.#waiting.push(record)
    // A fact waits its turn as an empty write; one callback for all keeps a flood free of closures.
    this.#options.terminal.write(
      record.type === 'output' ? record.bytes : NOTHING,
      this.#handleWritten,
    )
  }

  readonly #handleWritten = (): void => {
    const record = this.#waiting[this.#next]
    if (record === undefined) return
    this.#next += 1
    this.#end = record.end
    if (this.#next === this.#waiting.length) {
      this.#waiting = []
      this.#next = 0
    }
    if (record.type !== 'output') this.#options.handleFact(record)
  }

  #tell(): void {
    if (this.#end <= this.#told) return
    this.#told = this.#end
    this.#options.handleParsed(this.#end)
  }
}
