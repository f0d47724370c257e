// Owns the output of a process that we stand for: written in order, stdout and stderr apart, and acknowledged
// when it has left. Before: records of the session; after: a pipe, a file. A reader who rests for an hour
// (`limpet run … | less`) pauses the process and loses nothing, as with any pipe.

import type { OutputRecord, OutputSink, Session } from '@limpet/client'
import { describeGap } from './gap-notice.ts'
import { write } from './output.ts'

/**
 * The host takes a viewer who acknowledges nothing for 10 s for one who sleeps, and lets the process run on
 * without it. One byte of what we hold is enough to say that we are awake.
 */
const AWAKE_INTERVAL_MS = 4000

export class PacedOutput implements OutputSink<Session>, Disposable {
  readonly #awake: NodeJS.Timeout
  readonly #failed: (error: Error) => void
  /** Rejects when the output can no longer be written. @throws ReaderGone */
  readonly failure: Promise<never>
  #written: Promise<void> = Promise.resolve()
  /** What is being written, and how much of it was acknowledged early. */
  #pending: { readonly record: OutputRecord; readonly session: Session; early: number } | undefined

  constructor() {
    let fail = (_error: Error): void => {}
    this.failure = new Promise<never>((_resolve, reject) => (fail = reject))
    this.failure.catch(() => {}) // whoever waits for it is told
    this.#failed = fail
    this.#awake = setInterval(() => this.#stayAwake(), AWAKE_INTERVAL_MS)
  }

  handleRecord(record: OutputRecord, session: Session): void {
    this.#written = this.#written.then(() => this.#write(record, session)).catch(this.#failed)
  }

  /** @returns when all that has come has been written */
  get written(): Promise<void> {
    return this.#written
  }

  [Symbol.dispose](): void {
    clearInterval(this.#awake)
  }

  async #write(record: OutputRecord, session: Session): Promise<void> {
    this.#pending = { record, session, early: 0 }
    if (record.type === 'output') {
      await write(record.stream === 'stdout' ? process.stdout : process.stderr, record.bytes)
    } else if (record.type === 'gap') {
      await write(process.stderr, `limpet: ${describeGap(record.gap)}\n`)
    }
    this.#pending = undefined
    session.acknowledge(record.end)
  }

  #stayAwake(): void {
    const pending = this.#pending
    if (pending === undefined) return
    pending.early += 1
    const { record, session, early } = pending
    if (record.offset + early < record.end) {
      session.acknowledge(record.offset + early, { isUrgent: true })
    }
  }
}
