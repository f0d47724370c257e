// Owns one viewer of the model: speaks the protocol by hand, keeps count of its credit, and compares every byte that
// it gets with the bytes that the process wrote. Before: a random story; after: a real host.

import { randomBytes } from 'node:crypto'
import {
  attachmentId,
  byteOffset,
  clientIdFrom,
  factOf,
  loggedBytes,
  MIN_WINDOW_BYTES,
  RECORD_KIND,
  type ClientId,
  type LogRecord,
  type SessionId,
} from '@limpet/protocol'
import type { HostFixture, RawLink } from '@limpet/testkit'
import { RandomText } from './random-text.ts'

export class ModelViewer {
  readonly isLossless: boolean
  readonly #host: HostFixture
  readonly #session: SessionId
  readonly #client: ClientId = clientIdFrom(randomBytes(16))
  readonly #text: RandomText
  #link: RawLink | undefined
  #attachment = 0
  /** Offset behind the last record that came; undefined before the first attach. */
  #next: number | undefined
  #acknowledged = 0
  /** Payload that came and was not acknowledged, as the host should count it. */
  #dueBytes = 0
  #isWatching = false
  /** Where a lossless viewer took its place: what had been written by then may have been too much to keep. */
  #losslessFrom = 0
  #hasPlace = false
  hasSeenExit = false
  gaps = 0

  constructor(
    host: HostFixture,
    session: SessionId,
    options: { text: Buffer; isLossless: boolean },
  ) {
    this.#host = host
    this.#session = session
    this.isLossless = options.isLossless
    this.#text = new RandomText(options.text)
  }

  get receivedBytes(): number {
    return this.#text.receivedBytes
  }

  get isWatching(): boolean {
    return this.#isWatching
  }

  /** From the start at first, then from where it was. */
  async attach(): Promise<void> {
    if (this.#isWatching) return
    this.#link ??= await this.#host.link()
    this.#attachment += 1
    const view = this.#host.view(this.#attachment, {
      client: this.#client,
      windowBytes: MIN_WINDOW_BYTES,
      ...(this.isLossless && { lossless: true }),
    })
    const from = this.#next === undefined ? 'start' : byteOffset(this.#next)
    const attached = await this.#link.request('session.attach', {
      session: this.#session,
      from,
      view,
    })
    if (from !== 'start' && attached.offset !== from) throw fault('resumed elsewhere', attached)
    if (this.#next === undefined && attached.offset > 0) this.#text.skip(attached.offset)
    this.#next = attached.offset
    this.#acknowledged = attached.offset
    this.#dueBytes = 0
    // Who comes back after a cut finds its place held; others take one now.
    if (!this.#hasPlace) this.#losslessFrom = attached.session.end
    this.#hasPlace = true
    this.#isWatching = true
  }

  /** Says how much of what came it has dealt with. @param share of it, 0 to 1 */
  acknowledge(share: number): void {
    this.take()
    if (!this.#isWatching || this.#next === undefined) return
    const offset = this.#acknowledged + Math.floor((this.#next - this.#acknowledged) * share)
    // Of a gap within, the host takes less off: this bound is only ever too generous.
    this.#dueBytes = Math.min(this.#dueBytes, this.#next - offset)
    this.#acknowledged = offset
    this.#link?.acknowledge(this.#attachment, offset)
  }

  resize(columns: number, rows: number): void {
    if (!this.#isWatching) return
    const size = { attachment: this.#attachment, columns, rows }
    // The session may end before; its records are what is looked at.
    void this.#link?.ask('session.resize', size).catch(() => {})
  }

  async detach(): Promise<void> {
    this.take()
    if (!this.#isWatching || this.#link === undefined) return
    await this.#link.request('session.detach', {
      attachment: attachmentId(this.#attachment),
    })
    this.take()
    this.#isWatching = false
    this.#hasPlace = false
  }

  /** The network breaks. What was under way is lost. */
  cut(): void {
    this.take()
    this.#link?.[Symbol.dispose]()
    this.#link = undefined
    this.#attachment = 0
    this.#isWatching = false
  }

  /** Checks what has come. @throws Error at the first byte that should not have come, or not so */
  take(): void {
    const { records } = this.#link ?? { records: [] }
    for (const { attachment, record } of records.splice(0)) {
      if (attachment !== this.#attachment) throw fault('a record of a former attachment', record)
      this.#takeRecord(record)
    }
    if (this.#dueBytes > MIN_WINDOW_BYTES) throw fault('sent beyond the window', this.#dueBytes)
  }

  #takeRecord(record: LogRecord): void {
    if (this.hasSeenExit) throw fault('a record behind the exit', record)
    if (record.offset !== this.#next) throw fault(`not at ${this.#next}`, record)
    const fact = factOf(record)
    if (fact.type === 'gap') {
      if (this.isLossless && fact.gap.to > this.#losslessFrom)
        throw fault('a gap in spite of lossless', fact)
      this.gaps += 1
      this.#next = fact.gap.to
      this.#text.skip(fact.gap.to - fact.gap.from)
      return
    }
    this.#next = record.offset + loggedBytes(record)
    this.#dueBytes += loggedBytes(record)
    if (record.kind === RECORD_KIND.stdout) this.#text.take(record.payload)
    if (record.kind === RECORD_KIND.exit) {
      this.hasSeenExit = true
      this.#text.finish()
    }
  }
}

function fault(what: string, seen: unknown): Error {
  return new Error(`${what}: ${JSON.stringify(seen, withoutBytes)}`)
}

/** A payload is too long to be read; its length says enough. */
function withoutBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? `${value.byteLength} bytes` : value
}
