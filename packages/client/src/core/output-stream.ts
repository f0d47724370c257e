// Owns records between their arrival and a consumer who asks for them one by one. Bounded by the window:
// what was not consumed is not acknowledged, so the host sends no more. Before: the attachment; after: the
// user's `for await`, which may stop and go on later.

import { LimpetError, type ByteOffset } from '@limpet/protocol'
import { deferred, type Deferred } from './deferred.ts'
import type { OutputRecord } from './output-record.ts'

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined }

/** Records that are kept after they were taken, at most. */
const TAKEN_BATCH = 64

export interface OutputStreamOptions {
  /** Most bytes that may wait. A peer that sends more ignores the window. */
  readonly limitBytes: number
  /** Everything below the offset was consumed. */
  readonly handleConsumed: (offset: ByteOffset) => void
}

export class OutputStream implements AsyncIterable<OutputRecord> {
  readonly #options: OutputStreamOptions
  #records: OutputRecord[] = []
  /** Index of the first record in `#records` that nobody has taken. */
  #head = 0
  #waitingBytes = 0
  #consumers: Deferred<IteratorResult<OutputRecord, undefined>>[] = []
  #given: OutputRecord | undefined
  #isDiscarding = false
  #end: { readonly error: LimpetError | undefined } | undefined

  constructor(options: OutputStreamOptions) {
    this.#options = options
  }

  /** @throws LimpetError MESSAGE_MALFORMED when the peer sent beyond the window */
  push(record: OutputRecord): void {
    if (this.#isDiscarding) return this.#options.handleConsumed(record.end)
    const consumer = this.#consumers.shift()
    if (consumer) return consumer.resolve({ done: false, value: this.#give(record) })
    this.#waitingBytes += sizeOf(record)
    if (this.#waitingBytes > this.#options.limitBytes) throw beyondWindow(this.#options.limitBytes)
    this.#records.push(record)
  }

  /** Nothing more comes. @param error thrown to the consumer after what still waits */
  finish(error?: LimpetError): void {
    if (this.#end) return
    this.#end = { error }
    for (const consumer of this.#consumers) this.#settle(consumer)
    this.#consumers = []
  }

  /** From now on nobody reads: what waits and what comes counts as consumed. */
  discard(): void {
    if (this.#isDiscarding) return
    this.#isDiscarding = true
    const last = this.#records.at(-1) ?? this.#given
    this.#clear()
    if (last) this.#options.handleConsumed(last.end)
    for (const consumer of this.#consumers) consumer.resolve(DONE)
    this.#consumers = []
  }

  /**
   * Keeps at most `limitBytes` and one checkpoint of what waits: each reconnection grants the host a fresh
   * window and may bring a checkpoint, and a consumer that sleeps through many must not pile them up.
   * @returns where to ask again from, or undefined when nothing was dropped
   */
  trim(limitBytes: number): ByteOffset | undefined {
    let checkpoints = this.#records.filter(isCheckpoint).length
    let dropped: OutputRecord | undefined
    for (;;) {
      const last = this.#records.length > this.#head ? this.#records.at(-1) : undefined
      // A gap that has lost its checkpoint goes with it: asked for again, both come again.
      const isHalf = last?.type === 'gap' && dropped?.type === 'checkpoint'
      const isTooMuch = this.#waitingBytes > limitBytes || checkpoints > 1 || isHalf
      if (!last || !isTooMuch) return dropped?.offset
      this.#records.pop()
      this.#waitingBytes -= sizeOf(last)
      if (isCheckpoint(last)) checkpoints--
      dropped = last
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<OutputRecord, undefined> {
    return {
      next: () => this.#next(),
      return: () => {
        // `break` ends the loop, not the output; the record that it broke at was dealt with.
        this.#consumeGiven()
        return Promise.resolve(DONE)
      },
    }
  }

  #next(): Promise<IteratorResult<OutputRecord, undefined>> {
    this.#consumeGiven()
    const record = this.#records[this.#head]
    if (record) {
      this.#head++
      this.#waitingBytes -= sizeOf(record)
      this.#forgetTaken()
      return Promise.resolve({ done: false, value: this.#give(record) })
    }
    const consumer = deferred<IteratorResult<OutputRecord, undefined>>()
    if (this.#isDiscarding) consumer.resolve(DONE)
    else if (this.#end) this.#settle(consumer)
    else this.#consumers.push(consumer)
    return consumer.promise
  }

  #settle(consumer: Deferred<IteratorResult<OutputRecord, undefined>>): void {
    if (this.#end?.error) consumer.reject(this.#end.error)
    else consumer.resolve(DONE)
  }

  #give(record: OutputRecord): OutputRecord {
    this.#given = record
    return record
  }

  #consumeGiven(): void {
    if (!this.#given) return
    this.#options.handleConsumed(this.#given.end)
    this.#given = undefined
  }

  /** Taken records are let go of in batches: shifting each one would move all that wait. */
  #forgetTaken(): void {
    if (this.#head < this.#records.length && this.#head < TAKEN_BATCH) return
    this.#records = this.#records.slice(this.#head)
    this.#head = 0
  }

  #clear(): void {
    this.#records = []
    this.#head = 0
    this.#waitingBytes = 0
  }
}

function isCheckpoint(record: OutputRecord): boolean {
  return record.type === 'checkpoint'
}

/** Bytes in the window; a gap takes up none. */
function sizeOf(record: OutputRecord): number {
  return record.type === 'gap' ? 0 : record.end - record.offset
}

function beyondWindow(limitBytes: number): LimpetError {
  return new LimpetError(
    'MESSAGE_MALFORMED',
    `More than ${limitBytes} bytes of unacknowledged output came: the peer ignores the window.`,
    { details: { limitBytes } },
  )
}
