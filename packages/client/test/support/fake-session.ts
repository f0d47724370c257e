// Owns one session of the fake host: a log in memory, viewers with windows, input applied at most once.
// What it keeps of the rules is what the SDK relies on; tests script the rest.

import {
  byteOffset,
  checkpointFrameHeader,
  dataFrameHeader,
  encodeFact,
  encodeRecord,
  inputSequence,
  RECORD_KIND,
  RECORD_CONTINUED,
  sessionIdFrom,
  writeRecordHeader,
  viewOf,
  RECORD_HEADER_BYTES,
  type Attached,
  type Channel,
  type Checkpoint,
  type ClientId,
  type ExitStatus,
  type InputFrame,
  type NotificationName,
  type NotificationParams,
  type SessionInfo,
  type View,
  type Viewer as ViewerFacts,
} from '@limpet/protocol'

interface StoredRecord {
  readonly kind: number
  readonly offset: number
  readonly payload: Uint8Array
}

/** The connection of a viewer. */
export interface FakePeer {
  readonly channel: Channel
  notify<N extends NotificationName>(method: N, params: NotificationParams<N>): void
}

export interface Viewer {
  readonly view: View
  readonly connection: FakePeer
  sent: number
  acknowledged: number
}

interface ClientInput {
  taken: number
  written: number
}

export class FakeSession {
  info: SessionInfo
  readonly viewers = new Set<Viewer>()
  /** What the process has read, all clients together, in order. */
  readonly input: {
    readonly text: string
    readonly isAnswer: boolean
    readonly isLast: boolean
  }[] = []
  /** False: input is taken over but not acknowledged until `writeInput`. */
  writesInput = true
  /** Set: input is refused with it. */
  refusesInput: 'CONTROL_HELD' | 'FORBIDDEN' | 'INPUT_CLOSED' | 'INPUT_GAP' | undefined
  /** Viewers beside those of this host's connections. */
  others: readonly ViewerFacts[] = []
  /** Told of input and acknowledgements, in the order in which they came. */
  handleSeen: ((what: string) => void) | undefined
  keptFrom = 0
  end = 0
  readonly #records: StoredRecord[] = []
  readonly #clients = new Map<ClientId, ClientInput>()
  #exit: ExitStatus | undefined
  /** What was on its way behind input that was refused is beyond the next number: no fault of the client. */
  #hasRefused = false

  constructor(number: number, lifetime: SessionInfo['lifetime']) {
    this.info = {
      id: sessionIdFrom(Uint8Array.from({ length: 16 }, () => number)),
      program: 'exec',
      title: 'fake',
      cwd: '/',
      lifetime,
      state: 'running',
      startedAt: 1,
      keptFrom: byteOffset(0),
      end: byteOffset(0),
      isDurable: true,
      viewers: 0,
    }
  }

  get hasExited(): boolean {
    return this.#exit !== undefined
  }

  get snapshot(): SessionInfo {
    const facts = { keptFrom: byteOffset(this.keptFrom), end: byteOffset(this.end) }
    return { ...this.info, ...facts, ...(this.#exit && { state: 'ended', exit: this.#exit }) }
  }

  print(text: string, kind: 'stdout' | 'stderr' = 'stdout'): void {
    this.append(RECORD_KIND[kind], new TextEncoder().encode(text))
  }

  append(kind: number, payload: Uint8Array): void {
    this.#records.push({ kind, offset: this.end, payload })
    this.end += payload.byteLength
    this.pump()
  }

  exit(exit: Partial<ExitStatus> = {}): void {
    this.#exit = { code: 0, signal: null, durationMs: 1, ...exit }
    this.append(RECORD_KIND.exit, encodeFact(this.#exit))
  }

  /** Bytes below are no longer kept. */
  forget(before: number): void {
    this.keptFrom = before
  }

  forgetClients(): void {
    this.#clients.clear()
  }

  attach(connection: FakePeer, view: View, from: number): Attached {
    this.viewers.add({ view, connection, sent: from, acknowledged: from })
    return {
      session: this.snapshot,
      offset: byteOffset(Math.max(from, this.keptFrom)),
      liveFrom: byteOffset(this.end),
      viewer: `v${view.attachment}`,
      responder: null,
      lastInput: inputSequence(this.#clients.get(view.client)?.taken ?? 0),
      viewers: [
        ...this.others,
        ...[...this.viewers].map((viewer) => {
          const id = `v${viewer.view.attachment}`
          return { id, name: viewer.view.name ?? 'owner', canType: true }
        }),
      ],
    }
  }

  /** Tells everybody here of one more viewer, or of one less. */
  tellOf(what: 'viewer.joined' | 'viewer.left', viewer: ViewerFacts): void {
    for (const { connection } of this.viewers)
      connection.notify(what, { session: this.info.id, viewer })
  }

  /** Shows every viewer the terminal as it is at its place. */
  showScreen(screen: string, facts: Partial<Checkpoint> = {}): void {
    for (const { view, connection, sent } of this.viewers) {
      const place = { offset: byteOffset(sent), columns: 80, rows: 24, isExact: true, ...facts }
      connection.channel.sendBinary(
        checkpointFrameHeader(view.attachment, place),
        new TextEncoder().encode(screen),
      )
    }
  }

  detach(keep: (viewer: Viewer) => boolean): void {
    for (const viewer of [...this.viewers]) if (!keep(viewer)) this.viewers.delete(viewer)
  }

  acknowledge(viewer: Viewer, offset: number): void {
    this.handleSeen?.(`acknowledged ${offset}`)
    if (offset > viewer.sent) throw new Error(`acknowledged ${offset}, sent ${viewer.sent}`)
    viewer.acknowledged = Math.max(viewer.acknowledged, offset)
    this.pump()
  }

  receive(viewer: Viewer, frame: InputFrame): void {
    const { attachment, sequence } = frame
    this.handleSeen?.(`input ${new TextDecoder().decode(frame.bytes)}`)
    const client = this.#client(viewer.view.client)
    if (this.refusesInput && sequence > client.taken) {
      this.#hasRefused = true
      const refusal = { attachment, sequence, code: this.refusesInput, message: 'scripted' }
      return viewer.connection.notify('input.refused', refusal)
    }
    if (sequence > client.taken + 1) {
      if (!this.#hasRefused) throw new Error(`input ${sequence} after ${client.taken}`)
      const refusal = { attachment, sequence, code: 'INPUT_GAP' as const, message: 'scripted' }
      return viewer.connection.notify('input.refused', refusal)
    }
    if (sequence === client.taken + 1) {
      client.taken = sequence
      const { isAnswer, isLast } = frame
      this.input.push({ text: new TextDecoder().decode(frame.bytes), isAnswer, isLast })
    }
    if (this.writesInput) this.writeInput()
  }

  /** The process reads: everything taken counts as written. */
  writeInput(): void {
    for (const client of this.#clients.values()) client.written = client.taken
    for (const viewer of this.viewers) this.acknowledgeInput(viewer)
  }

  acknowledgeInput(viewer: Viewer): void {
    const { written } = this.#client(viewer.view.client)
    if (written === 0) return
    const { attachment } = viewer.view
    viewer.connection.notify('input.acknowledged', { attachment, sequence: inputSequence(written) })
  }

  /** Sends what the windows take, as a real host: whole records, the rest of one at the start. */
  pump(): void {
    for (const viewer of this.viewers) this.#pump(viewer)
  }

  #pump(viewer: Viewer): void {
    if (viewer.sent < this.keptFrom) this.#sendGap(viewer)
    const parts: Uint8Array[] = []
    for (const record of this.#records) {
      const end = record.offset + record.payload.byteLength
      if (end <= viewer.sent) continue
      const room = (viewer.view.windowBytes ?? 512 * 1024) - (viewer.sent - viewer.acknowledged)
      if (end - viewer.sent > room) break
      parts.push(encoded(record, viewer.sent))
      viewer.sent = end
    }
    if (parts.length > 0) {
      viewer.connection.channel.sendBinary(dataFrameHeader(viewer.view.attachment), ...parts)
    }
  }

  #sendGap(viewer: Viewer): void {
    const gap = { from: byteOffset(viewer.sent), to: byteOffset(this.keptFrom) }
    const record = { kind: RECORD_KIND.gap, offset: gap.from, timeUs: 0, payload: encodeFact(gap) }
    viewer.acknowledged += gap.to - gap.from
    viewer.sent = gap.to
    viewer.connection.channel.sendBinary(
      dataFrameHeader(viewer.view.attachment),
      encodeRecord(record),
    )
  }

  #client(id: ClientId): ClientInput {
    const client = this.#clients.get(id) ?? { taken: 0, written: 0 }
    this.#clients.set(id, client)
    return client
  }
}

/** A record, or what of it lies at and after `from`. */
function encoded(record: StoredRecord, from: number): Uint8Array {
  const skipped = Math.max(from - record.offset, 0)
  const payload = record.payload.subarray(skipped)
  const bytes = new Uint8Array(RECORD_HEADER_BYTES + payload.byteLength)
  writeRecordHeader(viewOf(bytes), 0, {
    kind: record.kind,
    flags: skipped > 0 ? RECORD_CONTINUED : 0,
    payloadBytes: payload.byteLength,
    offset: record.offset + skipped,
    timeUs: record.offset + skipped,
  })
  bytes.set(payload, RECORD_HEADER_BYTES)
  return bytes
}
