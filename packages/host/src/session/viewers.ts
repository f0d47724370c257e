// Owns who watches one session, and what follows from who is there: presence, control, whose size holds, who
// answers queries, and at whose pace the process writes. Before: the session appends; after: each attachment
// reads the log. Must not know processes: what is to happen to one is told to the session.

import {
  LimpetError,
  MAX_VIEWERS,
  type ByteOffset,
  type ClientId,
  type Marker,
  type SessionId,
  type SizeRuleName,
  type TerminalSize,
} from '@limpet/protocol'
import type { SessionLog } from '../log/index.ts'
import type { Attachment } from './attachment.ts'
import { Control } from './control.ts'
import type { HostDuty } from './host-duty.ts'
import { Pace } from './pace.ts'
import { announceJoined, announceLeft } from './presence.ts'
import { Responder } from './responder.ts'
import { SizeRule } from './size-rule.ts'

export interface ViewersOptions {
  readonly session: SessionId
  readonly log: SessionLog
  /** True while there is a process that can be typed to. */
  readonly isRunning: () => boolean
  /** Absent for pipes, which have no size and ask nothing. */
  readonly terminal?: {
    readonly sizeRule: SizeRuleName
    /** Absent: nobody answers where no viewer can. */
    readonly hostDuty: HostDuty | undefined
    /** Gives the terminal this size, if it has another one. */
    readonly resize: (size: TerminalSize) => void
  }
  readonly appendMarker: (marker: Marker) => void
  /** Stops and starts reading what the process writes. */
  readonly setPaused: (isPaused: boolean) => void
  /** What a list shows of them has changed. */
  readonly handleChanged: () => void
}

export class Viewers {
  readonly #options: ViewersOptions
  /** In the order in which they came. */
  readonly #attachments = new Set<Attachment>()
  readonly #pace: Pace
  readonly #control: Control
  readonly #responder: Responder
  readonly #sizeRule: SizeRule

  constructor(options: ViewersOptions) {
    const { log, terminal, appendMarker, setPaused } = options
    this.#options = options
    const attachments = (): Iterable<Attachment> => this.#attachments
    this.#pace = new Pace({ log, attachments, setPaused })
    this.#responder = new Responder({
      end: () => log.end,
      appendMarker,
      ...(terminal?.hostDuty && { host: terminal.hostDuty }),
    })
    this.#control = new Control({
      appendMarker,
      handleChanged: () => this.#handleControlChanged(),
    })
    this.#sizeRule = new SizeRule({
      rule: terminal?.sizeRule ?? 'latest',
      attachments,
      leader: () => this.#control.leader,
      apply: (size) => terminal?.resize(size),
    })
  }

  [Symbol.iterator](): Iterator<Attachment> {
    return this.#attachments[Symbol.iterator]()
  }

  get count(): number {
    return this.#attachments.size
  }

  /** Name of the viewer who alone may type; undefined: all who may. */
  get control(): string | undefined {
    return this.#control.viewer
  }

  get sizeRule(): SizeRuleName {
    return this.#sizeRule.rule
  }

  /** Name of the viewer who answers the terminal's queries at the end of the log. */
  get responder(): string | null {
    return this.#responder.viewer
  }

  /** Queries from this offset on were answered by nobody; undefined while somebody answers. */
  get unansweredFrom(): number | undefined {
    return this.#responder.vacantFrom
  }

  /** Queries from this offset on are the present responder's, who may leave without an answer; undefined without one. */
  get pendingFrom(): number | undefined {
    // Whom nobody can ask any more, nobody answers.
    return this.#isTerminalRunning() ? this.#responder.pendingFrom : undefined
  }

  /** Whoever came with the start is attached by now: with none who can answer queries, the host does [RESP-6]. */
  handleOpened(): void {
    if (this.#isTerminalRunning()) this.#responder.begin()
  }

  /** @throws LimpetError QUEUE_FULL when there are as many viewers as may be; this client's own is replaced */
  requireRoomFor(client: ClientId): void {
    const others = [...this.#attachments].filter((viewer) => viewer.client !== client)
    if (others.length < MAX_VIEWERS) return
    const { session } = this.#options
    throw new LimpetError(
      'QUEUE_FULL',
      `Session ${session} has ${MAX_VIEWERS} viewers, no more fit.`,
      { details: { session, limit: MAX_VIEWERS } },
    )
  }

  attach(attachment: Attachment): void {
    this.#attachments.add(attachment)
    attachment.handleReady = () => this.pump(attachment)
    announceJoined(this.#options.session, attachment, this.#attachments)
    this.#control.handleAttached(attachment)
    this.#pace.handleAttached(attachment)
    if (this.#isTerminalRunning()) {
      this.#responder.handleAttached(attachment)
      this.#sizeRule.handleAttached(attachment)
    }
    this.#options.handleChanged()
  }

  /** @param isLost its client may come back: its connection was lost, or it attaches anew */
  detach(attachment: Attachment, isLost: boolean): void {
    if (!this.#attachments.delete(attachment)) return
    attachment.close()
    announceLeft(this.#options.session, attachment, this.#attachments)
    const isRunning = this.#options.isRunning()
    if (isRunning) this.#control.handleDetached(attachment, isLost)
    if (this.#isTerminalRunning()) {
      this.#responder.handleDetached(attachment, this.#attachments)
      this.#sizeRule.handleDetached(attachment)
    }
    this.#pace.handleDetached(attachment, isLost && isRunning)
    this.#options.handleChanged()
  }

  /** The log grew: everybody is sent what can be sent. */
  pumpAll(): void {
    for (const attachment of this.#attachments) attachment.pump()
  }

  /** Sends what has become possible to a viewer, then looks whether the process may go on. */
  pump(attachment: Attachment): void {
    attachment.pump()
    this.#pace.update()
  }

  /** @returns false when the offset was never sent */
  acknowledge(attachment: Attachment, offset: ByteOffset): boolean {
    const isKnown = attachment.acknowledge(offset)
    this.#pace.update()
    return isKnown
  }

  /** Looks whether the process may go on; called after each output. */
  updatePace(): void {
    this.#pace.update()
  }

  /** False while another viewer has control. */
  mayType(attachment: Attachment): boolean {
    return this.#control.allows(attachment)
  }

  /** True when an answer of this viewer's terminal may reach the process. */
  acceptsAnswer(attachment: Attachment): boolean {
    return this.#responder.accepts(attachment)
  }

  handleTyped(attachment: Attachment): void {
    if (this.#options.terminal === undefined) return
    this.#sizeRule.handleTyped(attachment)
    this.#responder.handleTyped(attachment)
  }

  handleResized(attachment: Attachment, size: TerminalSize): void {
    this.#sizeRule.handleResized(attachment, size)
  }

  /** @param viewer who alone may type from here on; null: all who may @throws LimpetError VIEWER_NOT_FOUND */
  giveControl(viewer: string | null): void {
    this.#control.give(viewer, this.#attachments)
  }

  /**
   * @param size with `fixed`: what holds from now on @default as it is
   * @throws LimpetError PARAMETERS_INVALID for a size with another rule
   */
  setSizeRule(rule: SizeRuleName, size: TerminalSize | undefined): void {
    if (size && rule !== 'fixed') {
      throw new LimpetError(
        'PARAMETERS_INVALID',
        `A size holds with the rule "fixed", not "${rule}".`,
        { details: { parameter: 'size' } },
      )
    }
    this.#sizeRule.setRule(rule, size)
  }

  /** The process has ended: nobody types any more. What it wrote is still read. */
  handleExited(): void {
    this.#control.close()
  }

  /** Nothing more is written. */
  handleEnded(): void {
    this.#pace.close()
  }

  close(): void {
    this.#pace.close()
    this.#control.close()
  }

  #handleControlChanged(): void {
    if (this.#isTerminalRunning()) this.#sizeRule.update()
    this.#options.handleChanged()
  }

  #isTerminalRunning(): boolean {
    return this.#options.terminal !== undefined && this.#options.isRunning()
  }
}
