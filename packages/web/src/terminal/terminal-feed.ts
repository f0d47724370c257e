// Owns the way of records into xterm: each one whole and in order, its offset known while it is parsed. What is
// parsed is acknowledged [FLOW-1], so the host never sends more than a window ahead; nothing else is queued here.
// A checkpoint throws away what the terminal showed, in its place among the records [SCREEN-3].
// Before: the SDK's session; after: xterm's parser, and whoever handles the facts between the output.

import type { Checkpoint, Fact } from '@limpet/protocol'
import type { Terminal } from '@xterm/xterm'

/** A terminal's whole state, where the log had come to it. */
export interface CheckpointFact {
  readonly type: 'checkpoint'
  readonly checkpoint: Checkpoint
}

/** A record as the SDK hands it over: a fact and its place in the log, in bytes. */
export type PlacedFact = (Fact | CheckpointFact) & { readonly offset: number; readonly end: number }

export interface TerminalFeedOptions {
  readonly terminal: Terminal
  /**
   * Called when the parser has come to the fact: all output before it is on the screen's grid. For a checkpoint, the
   * terminal is empty then: it takes the checkpoint's size here, its bytes follow.
   */
  readonly handleFact: (fact: PlacedFact) => void
  /** Called when the bytes of a checkpoint are parsed. */
  readonly handleRestored?: (checkpoint: Checkpoint) => void
  /** Called once per batch that xterm parsed. @param end offset of the first byte not parsed yet */
  readonly handleParsed: (end: number) => void
}

const NOTHING = new Uint8Array(0)

/** Ends a sequence that a gap has torn, and gives back the colours that programs may have changed. */
const AFRESH = '\x18\x1b]104\x07\x1b]110\x07\x1b]111\x07\x1b]112\x07'

export class TerminalFeed {
  readonly #options: TerminalFeedOptions
  /** What was handed to xterm and is not parsed yet; bounded by the attachment's window. */
  #waiting: PlacedFact[] = []
  #next = 0
  #end = 0
  #told = 0
  #isRestoring = false

  constructor(options: TerminalFeedOptions) {
    this.#options = options
    options.terminal.onWriteParsed(() => this.#tell())
  }

  /** Offset of the record that is being parsed, or of the next one. */
  get offset(): number {
    return this.#waiting[this.#next]?.offset ?? this.#end
  }

  /** True while the bytes of a checkpoint are parsed: what they ask was answered long ago. */
  get isRestoring(): boolean {
    return this.#isRestoring
  }

  /** @param record its bytes must not change any more */
  push(record: PlacedFact): void {
    const { terminal } = this.#options
    this.#waiting.push(record)
    if (record.type === 'checkpoint') {
      terminal.write(AFRESH, () => this.#beginRestoring(record))
      terminal.write(record.checkpoint.bytes, () => this.#endRestoring(record.checkpoint))
      return
    }
    // A fact waits its turn as an empty write; one callback for all keeps a flood free of closures.
    terminal.write(record.type === 'output' ? record.bytes : NOTHING, this.#handleWritten)
  }

  #beginRestoring(record: PlacedFact): void {
    this.#isRestoring = true
    this.#options.terminal.reset()
    this.#options.handleFact(record)
  }

  #endRestoring(checkpoint: Checkpoint): void {
    this.#isRestoring = false
    this.#step()
    this.#options.handleRestored?.(checkpoint)
  }

  readonly #handleWritten = (): void => {
    const record = this.#step()
    if (record !== undefined && record.type !== 'output') this.#options.handleFact(record)
  }

  /** The parser is done with a record. */
  #step(): PlacedFact | undefined {
    const record = this.#waiting[this.#next]
    if (record === undefined) return undefined
    this.#next += 1
    this.#end = record.end
    if (this.#next === this.#waiting.length) {
      this.#waiting = []
      this.#next = 0
    }
    return record
  }

  #tell(): void {
    if (this.#end <= this.#told) return
    this.#told = this.#end
    this.#options.handleParsed(this.#end)
  }
}
