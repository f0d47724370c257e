// Owns one session: a process and the log of everything it wrote. Before: the process room hands over
// bytes; after: attachments read them from the log. It pauses the process by the pace of its viewers.
//
//   running ──process exits──▶ draining ──streams end, or drain time──▶ ended (exit record written)

import {
  encodeFact,
  LimpetError,
  MAX_VIEWERS,
  RECORD_KIND,
  type ByteOffset,
  type Checkpoint,
  type ClientId,
  type ExitStatus,
  type InputFrame,
  type Marker,
  type MethodParams,
  type SessionId,
  type SessionInfo,
  type SizeRuleName,
  type TerminalSize,
} from '@limpet/protocol'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { SessionLog } from '../log/index.ts'
import type { ProcessHandlers, RunningProcess } from '../process/index.ts'
import type { Attachment } from './attachment.ts'
import type { InputLedger } from './input-ledger.ts'
import { Control } from './control.ts'
import type { KeptPlan } from './kept-plan.ts'
import { Pace } from './pace.ts'
import { announceJoined, announceLeft } from './presence.ts'
import { ResizePace } from './resize-pace.ts'
import { Responder } from './responder.ts'
import { Seen } from './seen.ts'
import { sessionInfo } from './session-facts.ts'
import type { SessionRecord } from './session-record.ts'
import { SessionInput } from './session-input.ts'
import { SessionScreen, type OpenScreen } from './session-screen.ts'
import { SizeRule } from './size-rule.ts'

export interface SessionOptions {
  readonly id: SessionId
  readonly plan: KeptPlan
  readonly log: SessionLog
  readonly clock: Clock
  readonly logger: Logger
  /** What was kept of one that has ended, or was lost. @default a new one */
  readonly kept?: Pick<SessionRecord, 'session' | 'seen'>
  /** For terminals. @default none: no checkpoints, and nobody answers where no viewer can */
  readonly openScreen?: OpenScreen
  /** Something that a list shows has changed. */
  readonly handleChanged: (session: Session, change: SessionChange) => void
}

/** facts: name, size, viewers. output: only that more was written. seen: only that somebody has seen it. */
export type SessionChange = 'facts' | 'output' | 'seen' | 'exited'

type Phase =
  | { readonly name: 'starting' }
  | { readonly name: 'running'; readonly process: RunningProcess }
  | { readonly name: 'draining'; readonly process: RunningProcess; readonly exit: ExitStatus }
  /** Without an exit it was lost: its host went before it. */
  | { readonly name: 'ended'; readonly exit: ExitStatus | undefined; readonly endedAt: number }

export class Session {
  readonly id: SessionId
  readonly plan: KeptPlan
  readonly startedAt: number
  readonly log: SessionLog
  name: string | undefined
  /** Absent while there are none. */
  labels: Readonly<Record<string, string>> | undefined
  /** Called once when the session is forgotten: whoever holds it lets go. */
  handleForgotten: (() => void) | undefined
  readonly #options: SessionOptions
  readonly #attachments = new Set<Attachment>()
  readonly #input: SessionInput
  readonly #pace: Pace
  readonly #responder: Responder
  readonly #screen: SessionScreen | undefined
  readonly #control: Control
  readonly #sizeRule: SizeRule
  readonly #resizePace: ResizePace
  readonly #seen: Seen
  #phase: Phase = { name: 'starting' }
  #size: TerminalSize | undefined
  #lastOutputAt: number | undefined
  #hasOutputEnded = false
  #left: Promise<unknown> = Promise.resolve()

  constructor(options: SessionOptions) {
    this.id = options.id
    this.plan = options.plan
    this.log = options.log
    const { kept } = options
    this.startedAt = kept?.session.startedAt ?? options.clock.nowMs()
    this.#options = options
    this.#seen = new Seen(kept?.seen)
    if (kept) this.#restore(kept.session)
    const isTerminal = options.plan.terminal !== undefined
    this.#input = new SessionInput({
      isTerminal,
      isEmpty: !isTerminal && options.plan.stdin === 'empty',
      attachments: () => this.#attachments,
      mayType: (attachment) => this.#control.allows(attachment),
      acceptsAnswer: (attachment) => this.#responder.accepts(attachment),
      handleTyped: (attachment) => this.#handleTyped(attachment),
    })
    this.#pace = new Pace({
      log: this.log,
      attachments: () => this.#attachments,
      setPaused: (isPaused) => this.#setPaused(isPaused),
    })
    this.#screen = this.#openScreen(options)
    this.#responder = new Responder({
      end: () => this.log.end,
      appendMarker: (marker) => this.#appendMarker(marker),
      ...(this.#screen && { host: this.#screen.duty }),
    })
    this.#control = new Control({
      appendMarker: (marker) => this.#appendMarker(marker),
      handleChanged: () => this.#handleControlChanged(),
    })
    this.#resizePace = new ResizePace(options.clock, (size) => this.#resize(size))
    this.#sizeRule = new SizeRule({
      rule: options.plan.sizeRule ?? 'latest',
      attachments: () => this.#attachments,
      leader: () => this.#control.leader,
      apply: (size) => this.#resizePace.resize(size),
    })
  }

  /**
   * @param launch starts the plan's process; its output goes to the handlers
   * @throws LimpetError when the process cannot be started; nothing is left of it then
   */
  async start(launch: (handlers: ProcessHandlers) => Promise<RunningProcess>): Promise<void> {
    if (this.plan.terminal) this.#recordSize(this.plan.terminal)
    const process = await launch({
      onOutput: (stream, bytes) => this.#handleOutput(stream, bytes),
      onExit: (status) => this.#handleExit(status),
      onDrainTimeout: (streams) => {
        for (const stream of streams) this.#appendMarker({ type: 'output-discarded', stream })
      },
      onOutputEnd: () => this.#handleOutputEnd(),
    })
    this.#phase = { name: 'running', process }
  }

  get info(): SessionInfo {
    const phase = this.#phase
    return sessionInfo({
      session: this,
      size: this.#size,
      sizeRule: this.#sizeRule.rule,
      control: this.#control.viewer,
      lastOutputAt: this.#lastOutputAt,
      viewers: this.#attachments.size,
      pid: phase.name === 'running' ? phase.process.pid : undefined,
      ended: phase.name === 'ended' ? phase : undefined,
    })
  }

  /** What is kept of it on disk, beside its log. */
  get record(): SessionRecord {
    const phase = this.#phase
    return {
      session: this.info,
      plan: this.plan,
      seen: [...this.#seen.times],
      process: phase.name === 'running' ? phase.process.record : undefined,
      log: phase.name === 'ended' ? this.log.layout : undefined,
    }
  }

  get hasEnded(): boolean {
    return this.#phase.name === 'ended'
  }

  /** Whoever came with the start is attached by now: with none who can answer queries, the host does [RESP-6]. */
  handleOpened(): void {
    if (this.#isTerminalRunning()) this.#responder.begin()
  }

  /** What the terminal shows now; undefined without a terminal. It rejects when none can be had. */
  checkpoint(): Promise<Checkpoint> | undefined {
    return this.#screen?.checkpoint()
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

  get attachments(): Iterable<Attachment> {
    return this.#attachments
  }

  /** Which input was taken and which was written. */
  get inputLedger(): Pick<InputLedger, 'taken' | 'written'> {
    return this.#input.ledger
  }

  /** @throws LimpetError QUEUE_FULL when there are as many viewers as may be; this client's own is replaced */
  requireRoomFor(client: ClientId): void {
    const others = [...this.#attachments].filter((viewer) => viewer.client !== client)
    if (others.length < MAX_VIEWERS) return
    throw new LimpetError(
      'QUEUE_FULL',
      `Session ${this.id} has ${MAX_VIEWERS} viewers, no more fit.`,
      {
        details: { session: this.id, limit: MAX_VIEWERS },
      },
    )
  }

  attach(attachment: Attachment): void {
    this.#attachments.add(attachment)
    attachment.handleReady = () => this.pump(attachment)
    announceJoined(this.id, attachment, this.#attachments)
    this.#control.handleAttached(attachment)
    this.#pace.handleAttached(attachment)
    if (this.#isTerminalRunning()) {
      this.#responder.handleAttached(attachment)
      this.#sizeRule.handleAttached(attachment)
    }
    this.#changed('facts')
  }

  /** @param isLost its client may come back: its connection was lost, or it attaches anew */
  detach(attachment: Attachment, isLost: boolean): void {
    if (!this.#attachments.delete(attachment)) return
    attachment.close()
    announceLeft(this.id, attachment, this.#attachments)
    if (this.#phase.name === 'running') this.#control.handleDetached(attachment, isLost)
    if (this.#isTerminalRunning()) {
      this.#responder.handleDetached(attachment, this.#attachments)
      this.#sizeRule.handleDetached(attachment)
    }
    this.#pace.handleDetached(attachment, isLost && this.#phase.name === 'running')
    this.#changed('facts')
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

  /** Applies one input frame of a viewer. @throws LimpetError when it is refused; nothing is applied then */
  write(attachment: Attachment, frame: InputFrame): void {
    this.#input.write(this.#requireRunning().process, attachment, frame)
  }

  /** @throws LimpetError NOT_A_TERMINAL, SESSION_ENDED */
  resize(attachment: Attachment, size: TerminalSize): void {
    this.#requireRunning()
    this.#requireTerminal()
    this.#sizeRule.handleResized(attachment, size)
  }

  /** @throws LimpetError SESSION_ENDED, SIGNAL_UNKNOWN */
  signal(name: string): void {
    this.#requireRunning().process.signal(name)
  }

  /** Ends the process by steps, or at once with `force`. @throws LimpetError SESSION_ENDED */
  kill(options: { force: boolean }): void {
    if (this.#phase.name === 'draining') return // its end is on the way
    const { process } = this.#requireRunning()
    if (options.force) this.#leave(process.kill())
    else process.stop()
  }

  /** What is absent stays. @throws LimpetError NOT_A_TERMINAL */
  configure(
    changes: Pick<MethodParams<'session.configure'>, 'labels' | 'sizeRule' | 'size'>,
  ): void {
    const { labels, sizeRule, size } = changes
    if ((sizeRule ?? size) !== undefined) this.#setSizeRule(sizeRule ?? this.#sizeRule.rule, size)
    if (labels) this.labels = Object.keys(labels).length === 0 ? undefined : labels
    this.#changed('facts')
  }

  /** From here on only this viewer may type; null: all who may. @throws LimpetError VIEWER_NOT_FOUND, SESSION_ENDED */
  giveControl(viewer: string | null): void {
    this.#requireRunning()
    this.#control.give(viewer, this.#attachments)
  }

  /** Newest output that each principal has seen, as `lastOutputAt` [END-5]. */
  get seen(): ReadonlyMap<string, number> {
    return this.#seen.times
  }

  /** @returns up to when it has seen the output now; undefined when it had seen that already */
  see(principal: string, outputAt: number): number | undefined {
    // Nobody has seen what is not there yet.
    const seenAt = Math.min(outputAt, this.#lastOutputAt ?? this.startedAt)
    if (!this.#seen.see(principal, seenAt)) return undefined
    this.#changed('seen')
    return seenAt
  }

  rename(name: string): void {
    this.name = name === '' ? undefined : name
    this.#changed('facts')
  }

  close(): void {
    this.#pace.close()
    this.#control.close()
    this.#resizePace.close()
    this.#screen?.close()
  }

  /** Resolves when the processes that were to end with the session are gone, too. */
  get left(): Promise<unknown> {
    return this.#left
  }

  #handleOutput(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    this.#lastOutputAt = this.#options.clock.nowMs()
    this.#append(RECORD_KIND[stream], bytes)
    this.#pace.update()
    this.#changed('output')
  }

  #handleExit(exit: ExitStatus): void {
    if (this.#phase.name !== 'running') return
    this.#phase = { name: 'draining', process: this.#phase.process, exit }
    this.#control.close()
    this.#resizePace.close()
    this.#screen?.handleExited()
    this.#endWhenDrained()
  }

  #handleOutputEnd(): void {
    this.#hasOutputEnded = true
    this.#endWhenDrained()
  }

  /** The last byte is in the log and the process has ended: now, and only now, the exit record [LOG-4]. */
  #endWhenDrained(): void {
    const phase = this.#phase
    if (phase.name !== 'draining' || !this.#hasOutputEnded) return
    const { exit } = phase
    this.#pace.close()
    this.#append(RECORD_KIND.exit, encodeFact(exit))
    this.#phase = { name: 'ended', exit, endedAt: this.#options.clock.nowMs() }
    if (this.plan.onEnd === 'kill') this.#leave(phase.process.endDescendants())
    this.#changed('exited')
  }

  /** Goes on by itself; a fault of /proc must neither be lost nor end the host. */
  #leave(ending: Promise<unknown>): void {
    const { logger } = this.#options
    const logged = ending.catch((error: unknown) =>
      logger.fault('session.survivors', error, { session: this.id }),
    )
    this.#left = Promise.all([this.#left, logged])
  }

  #append(kind: number, payload: Uint8Array): void {
    this.log.append(kind, payload, this.#options.clock.nowUs())
    this.#screen?.handleAppended(kind)
    for (const attachment of this.#attachments) attachment.pump()
  }

  /** The log is in memory only from here on, or on disk again [LOG-6]. */
  handleDurability(isDurable: boolean, reason: string): void {
    // After the exit record comes nothing more [LOG-4].
    if (!this.hasEnded) this.#appendMarker({ type: 'log', isDurable, reason })
    this.#changed('facts')
  }

  #appendMarker(marker: Marker): void {
    this.#append(RECORD_KIND.marker, encodeFact(marker))
  }

  #resize(size: TerminalSize): void {
    const phase = this.#phase
    if (phase.name !== 'running') return
    if (this.#size?.columns === size.columns && this.#size.rows === size.rows) return
    // The record comes first: what the program draws for the new size lies behind it.
    this.#recordSize(size)
    phase.process.resize(size.columns, size.rows)
    this.#changed('facts')
  }

  #recordSize(size: TerminalSize): void {
    this.#size = { columns: size.columns, rows: size.rows }
    this.#append(RECORD_KIND.resize, encodeFact(this.#size))
  }

  #openScreen({ openScreen: open, log, plan }: SessionOptions): SessionScreen | undefined {
    const { terminal } = plan
    if (open === undefined || terminal === undefined) return undefined
    const size = (): TerminalSize => this.#size ?? terminal
    return new SessionScreen({ open, log, size, send: (text) => this.#answer(text) })
  }

  #answer(text: string): void {
    const phase = this.#phase
    // Who has ended reads no answers. Nobody waits for the writing either.
    if (phase.name === 'running') phase.process.write(Buffer.from(text), () => {})
  }

  #handleTyped(attachment: Attachment): void {
    if (this.plan.terminal === undefined) return
    this.#sizeRule.handleTyped(attachment)
    this.#responder.handleTyped(attachment)
  }

  #setPaused(isPaused: boolean): void {
    const phase = this.#phase
    // After the exit the rest is read whatever the viewers do: it is bounded by the kernel's buffer.
    if (phase.name !== 'running') return
    if (isPaused) phase.process.pauseOutput()
    else phase.process.resumeOutput()
  }

  #restore({ name, labels, terminal, endedAt, exit, lastOutputAt }: SessionInfo): void {
    this.name = name
    this.labels = labels
    this.#size = terminal
    this.#lastOutputAt = lastOutputAt
    this.#phase = { name: 'ended', exit, endedAt: endedAt ?? this.startedAt }
  }

  #isTerminalRunning(): boolean {
    return this.plan.terminal !== undefined && this.#phase.name === 'running'
  }

  #setSizeRule(rule: SizeRuleName, size: TerminalSize | undefined): void {
    this.#requireTerminal()
    if (size && rule !== 'fixed') {
      throw new LimpetError(
        'PARAMETERS_INVALID',
        `A size holds with the rule "fixed", not "${rule}".`,
        {
          details: { parameter: 'size' },
        },
      )
    }
    this.#sizeRule.setRule(rule, size)
  }

  #handleControlChanged(): void {
    if (this.#isTerminalRunning()) this.#sizeRule.update()
    this.#changed('facts')
  }

  #requireTerminal(): void {
    if (this.plan.terminal) return
    throw new LimpetError('NOT_A_TERMINAL', `Session ${this.id} has pipes, so it has no size.`)
  }

  #requireRunning(): Extract<Phase, { name: 'running' }> {
    if (this.#phase.name === 'running') return this.#phase
    throw new LimpetError(
      'SESSION_ENDED',
      `Session ${this.id} has ended; its log can still be read.`,
      {
        details: { session: this.id },
      },
    )
  }

  #changed(change: SessionChange): void {
    this.#options.handleChanged(this, change)
  }
}
