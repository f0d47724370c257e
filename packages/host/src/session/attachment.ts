// Owns one viewer of one session: a cursor in the log, a window, a size. Before: the log; after: the link's
// channel. Out of window it simply stops reading the log: it never slows another viewer [FLOW-2].

import {
  byteOffset,
  checkpointFrameHeader,
  dataFrameHeader,
  encodeFact,
  encodeRecord,
  MAX_RECORD_PAYLOAD_BYTES,
  RECORD_KIND,
  type AttachmentId,
  type ByteOffset,
  type Checkpoint,
  type ClientId,
  type Gap,
  type NotificationName,
  type NotificationParams,
  type TerminalSize,
  type Viewer,
} from '@limpet/protocol'
import type { Clock } from '../base/clock.ts'
import type { LogChunk, LogCursor, SessionLog } from '../log/index.ts'
import { LINK_BUFFER_BYTES, MAX_FRAME_PAYLOAD_BYTES } from './limits.ts'

/** The connection that an attachment belongs to, as far as a session needs to know it. */
export interface ViewerConnection {
  sendBinary(...parts: readonly Uint8Array[]): boolean
  readonly bufferedBytes: number
  notify<N extends NotificationName>(method: N, params: NotificationParams<N>): void
  /** Detaches one of its viewers and says why. */
  expel(attachment: AttachmentId, reason: 'superseded' | 'removed'): void
  /** Who is there, for the other viewers. */
  readonly name: string
  /** True when this connection may type. */
  readonly canType: boolean
}

export interface AttachmentOptions {
  readonly id: AttachmentId
  /** Name in responder markers, unique on this host. */
  readonly viewer: string
  readonly client: ClientId
  readonly connection: ViewerConnection
  readonly log: SessionLog
  readonly clock: Clock
  readonly from: number
  readonly windowBytes: number
  readonly answers: boolean
  /** The process waits rather than that it loses a byte [FLOW-4]. @default false */
  readonly lossless?: boolean
  /** What the other viewers read. @default the connection's name */
  readonly name?: string
  readonly size?: TerminalSize
  /** Queries below this offset are history to it. @default 0 */
  readonly liveFrom?: number
  /** Sent before the first record, at `from` [SCREEN-1]. */
  readonly checkpoint?: Checkpoint | undefined
  /** Makes what is sent after a gap; undefined: there is no terminal. @default gaps are followed by what is kept [FLOW-5] */
  readonly makeCheckpoint?: () => Promise<Checkpoint> | undefined
}

export class Attachment {
  readonly id: AttachmentId
  readonly viewer: string
  readonly client: ClientId
  readonly connection: ViewerConnection
  /** What the other viewers read. */
  readonly name: string
  readonly isLossless: boolean
  /** True when its terminal can answer queries and it may type. */
  readonly canAnswer: boolean
  /** The viewer's own size, when it has said one. */
  size: TerminalSize | undefined
  /** While another has taken over: answers to queries below this offset are still its own. */
  answersUntil = 0
  /** Where those begin. */
  answersFrom = 0
  /** Queries below this offset are history to it. */
  readonly liveFrom: number
  /** What it waited for has come from the disk. Its session looks at the pace, too. */
  handleReady: () => void = () => this.pump()
  readonly #log: SessionLog
  readonly #clock: Clock
  #cursor: LogCursor
  readonly #windowBytes: number
  readonly #frameHeader: Uint8Array
  readonly #makeCheckpoint: AttachmentOptions['makeCheckpoint']
  #checkpoint: Checkpoint | undefined
  /** What it fell behind by, while the checkpoint that follows it is being made. */
  #gapWaiting: LogChunk | undefined
  #acknowledged: number
  /** Gaps that it was sent and has not acknowledged: their bytes take up no window. */
  #gaps: readonly Gap[] = []
  #hasStarted = false
  #isFollowing = false
  /** Since when it has been out of window without an acknowledgement, in monotonic milliseconds. */
  #blockedSince: number | undefined

  constructor(options: AttachmentOptions) {
    this.id = options.id
    this.viewer = options.viewer
    this.client = options.client
    this.connection = options.connection
    this.name = options.name ?? options.connection.name
    this.isLossless = options.lossless === true
    this.canAnswer = options.answers && options.connection.canType
    this.size = options.size
    this.#log = options.log
    this.#clock = options.clock
    this.#cursor = options.log.openCursor(options.from, () => this.handleReady())
    this.#windowBytes = options.windowBytes
    this.#frameHeader = dataFrameHeader(options.id)
    this.#acknowledged = options.from
    this.liveFrom = options.liveFrom ?? 0
    this.#checkpoint = options.checkpoint
    this.#makeCheckpoint = options.makeCheckpoint
  }

  /** As the other viewers see it. */
  get shown(): Viewer {
    return { id: this.viewer, name: this.name, canType: this.connection.canType }
  }

  /** Bytes before this offset were consumed by the viewer. */
  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Bytes before this offset were sent. */
  get sent(): number {
    return this.#gapWaiting?.from ?? this.#cursor.offset
  }

  /** Has been at the end of the log, and so sets the pace of the process [FLOW-3]. */
  get isFollowing(): boolean {
    return this.#isFollowing
  }

  /** Cannot be sent what is there, or anything more. */
  get isBlocked(): boolean {
    return this.sent < this.#log.end || this.#room() <= 0
  }

  /** How long it has been out of window and acknowledged nothing. */
  get blockedMs(): number {
    return this.#blockedSince === undefined ? 0 : this.#clock.monotonicMs() - this.#blockedSince
  }

  /** Called once the answer that announced this attachment has been sent. */
  start(): void {
    this.#hasStarted = true
    if (this.#checkpoint) this.#sendCheckpoint(this.#checkpoint)
    this.#checkpoint = undefined
    this.pump()
  }

  /** Sends what window and socket take. Called after each output, acknowledgement and drain. */
  pump(): void {
    if (!this.#hasStarted) return
    while (this.connection.bufferedBytes < LINK_BUFFER_BYTES && !this.#mustWaitWithGap()) {
      const chunk = this.#cursor.read(Math.min(this.#room(), MAX_FRAME_PAYLOAD_BYTES))
      if (chunk === undefined) break
      if (chunk.gap && this.#waitForCheckpoint(chunk)) break
      if (chunk.gap) this.#gaps = [...this.#gaps, chunk.gap]
      this.connection.sendBinary(this.#frameHeader, ...chunk.parts)
    }
    if (this.sent === this.#log.end) this.#isFollowing = true
    if (!this.isBlocked) this.#blockedSince = undefined
    else this.#blockedSince ??= this.#clock.monotonicMs()
  }

  /** @returns false when the offset was never sent [FLOW-1] */
  acknowledge(offset: ByteOffset): boolean {
    if (offset > this.sent) return false
    if (offset > this.#acknowledged) {
      this.#acknowledged = offset
      this.#gaps = this.#gaps.filter(({ to }) => to > offset)
      this.#blockedSince = undefined
    }
    this.pump()
    return true
  }

  /** Stops counting until it has caught up again [FLOW-3]. */
  lag(): void {
    this.#isFollowing = false
  }

  /**
   * A gap is told when a record can follow it: one for all that was lost while the viewer stood still,
   * instead of one for each slab that the log lets go.
   */
  #mustWaitWithGap(): boolean {
    if (this.#gapWaiting) return true
    const oneRecord = Math.min(this.#windowBytes, MAX_RECORD_PAYLOAD_BYTES)
    return this.sent < this.#log.keptFrom && this.#room() < oneRecord
  }

  /** After a gap the terminal's state comes first, and making it takes a while [FLOW-5]. @returns false without one */
  #waitForCheckpoint(chunk: LogChunk): boolean {
    const made = this.#makeCheckpoint?.()
    if (made === undefined) return false
    this.#gapWaiting = chunk
    void made
      // No terminal can be had: then the gap is followed by what is kept, as for everybody else.
      .catch(() => undefined)
      .then((checkpoint) => this.#endGap(chunk, checkpoint))
    return true
  }

  #endGap(chunk: LogChunk, checkpoint: Checkpoint | undefined): void {
    if (!this.#hasStarted) return
    const from = byteOffset(chunk.from)
    // One that lies inside the gap says less than what is kept.
    const isUseful = checkpoint !== undefined && checkpoint.offset >= chunk.to
    const gap = { from, to: byteOffset(isUseful ? checkpoint.offset : chunk.to) }
    const fact = { kind: RECORD_KIND.gap, offset: from, timeUs: 0, payload: encodeFact(gap) }
    this.#gaps = [...this.#gaps, gap]
    this.connection.sendBinary(this.#frameHeader, encodeRecord(fact))
    if (isUseful) {
      this.#sendCheckpoint(checkpoint)
      this.#cursor.close()
      this.#cursor = this.#log.openCursor(gap.to, () => this.handleReady())
    }
    this.#gapWaiting = undefined
    this.handleReady()
  }

  /** It takes up no window: it stands for all that came before. */
  #sendCheckpoint(checkpoint: Checkpoint): void {
    this.connection.sendBinary(checkpointFrameHeader(this.id, checkpoint), checkpoint.bytes)
  }

  /** Gives back its place in the log. It sends nothing more. */
  close(): void {
    this.#hasStarted = false
    this.#cursor.close()
  }

  #room(): number {
    let room = this.#windowBytes - (this.sent - this.#acknowledged)
    for (const { from, to } of this.#gaps) room += to - Math.max(from, this.#acknowledged)
    return room
  }
}
