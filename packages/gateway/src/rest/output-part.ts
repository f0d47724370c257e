// Owns one part of a session's log while it is read: what of the records belongs into the answer, and when it is
// enough. Must not know links. Offsets are those of the log [LOG-1]; what is cut here goes on there next time.

import {
  decodeRecords,
  encodeRecord,
  factOf,
  loggedBytes,
  RECORD_KIND,
  type LogRecord,
} from '@limpet/protocol'
import type { OutputFormat } from './output-query.ts'

export interface OutputPartOptions {
  /** Where the first record begins: what was asked for, or later when something is no longer kept. */
  readonly from: number
  /** Most bytes of offsets. */
  readonly limitBytes: number
  readonly format: OutputFormat
}

export class OutputPart {
  readonly #options: OutputPartOptions
  readonly #chunks: Buffer[] = []
  #from: number
  #next: number
  /** Not known before the host has answered: what comes meanwhile belongs to the part. */
  #end: number = Number.MAX_SAFE_INTEGER
  #gap: { readonly from: number; readonly to: number } | undefined
  #hasExit = false
  #isFull = false

  constructor(options: OutputPartOptions) {
    this.#options = options
    this.#from = options.from
    this.#next = options.from
  }

  /** Offset of the first byte that the part stands for. */
  get from(): number {
    return this.#from
  }

  /** Offset to ask for next. */
  get next(): number {
    return this.#next
  }

  /** End of the log, as far as is known. */
  get end(): number {
    return Math.max(this.#end, this.#next)
  }

  get gap(): { readonly from: number; readonly to: number } | undefined {
    return this.#gap
  }

  get hasExit(): boolean {
    return this.#hasExit
  }

  /** As much as was asked for, or all that there was, were it only a gap. */
  get isComplete(): boolean {
    const hasSomething = this.#next > this.#from || this.#gap !== undefined
    return this.#isFull || this.#hasExit || (hasSomething && this.#next >= this.#end)
  }

  get body(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  /** @param end of the log when it was asked: up to there, all is on its way */
  expect(end: number): void {
    this.#end = end
  }

  /** @param bytes whole records, valid only during the call @throws LimpetError MESSAGE_MALFORMED */
  add(bytes: Uint8Array): void {
    for (const record of decodeRecords(bytes).records) {
      // An exit right behind all that there was comes along; behind anything else it would hide what lies between.
      const isNextExit = record.kind === RECORD_KIND.exit && record.offset === this.#next
      if (!this.isComplete || isNextExit) this.#addRecord(record)
    }
  }

  #addRecord(record: LogRecord): void {
    if (this.#isFull) return
    if (record.kind === RECORD_KIND.gap) return this.#addGap(record)
    const { limitBytes, format } = this.#options
    const room = limitBytes - (this.#next - this.#from)
    const fits = loggedBytes(record) <= room
    const isFact = record.kind !== RECORD_KIND.stdout && record.kind !== RECORD_KIND.stderr
    // A fact that was cut could not be read, so it waits for the next answer; it comes whole when it is the first.
    if (!fits && (isFact || room === 0) && this.#next > this.#from) return this.#fill()
    const taken = fits || isFact ? record : { ...record, payload: record.payload.subarray(0, room) }
    if (format === 'records') this.#chunks.push(Buffer.from(encodeRecord(taken)))
    else if (!isFact) this.#chunks.push(Buffer.from(taken.payload)) // a copy: the frame is only lent
    this.#next = taken.offset + loggedBytes(taken)
    if (record.kind === RECORD_KIND.exit) this.#hasExit = true
    if (this.#next - this.#from >= limitBytes) this.#fill()
  }

  #addGap(record: LogRecord): void {
    const fact = factOf(record)
    if (fact.type !== 'gap') return
    // One answer, one gap: what lies behind a second one is asked for next time, where it is announced again.
    if (this.#next > this.#from) return this.#fill()
    this.#gap = { from: Math.min(this.#gap?.from ?? fact.gap.from, fact.gap.from), to: fact.gap.to }
    if (this.#options.format === 'records') this.#chunks.push(Buffer.from(encodeRecord(record)))
    this.#from = fact.gap.to
    this.#next = fact.gap.to
  }

  #fill(): void {
    this.#isFull = true
  }
}
