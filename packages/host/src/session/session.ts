// Owns one session: a process and the log of everything it wrote. Before: the process room hands over
// bytes; after: attachments read them from the log. It pauses the process by the pace of its viewers.
//
//   running ──process exits──▶ draining ──streams end, or drain time──▶ ended (exit record written)

import {
  encodeFact,
  LimpetError,
  RECORD_KIND,
  type Checkpoint,
  type ExitStatus,
  type InputFrame,
  type Marker,
  type MethodParams,
  type SessionId,
  type SessionInfo,
  type TerminalSize,
} from '@limpet/protocol'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { SessionLog } from '../log/index.ts'
import type { ProcessHandlers, RunningProcess } from '../process/index.ts'
import type { Attachment } from './attachment.ts'
import type { InputLedger } from './input-ledger.ts'
import type { KeptPlan } from './kept-plan.ts'
import { ResizePace } from './resize-pace.ts'
import { Seen } from './seen.ts'
import { sessionInfo } from './session-facts.ts'
import type { SessionRecord } from './session-record.ts'
import { SessionInput } from './session-input.ts'
import { SessionScreen, type OpenScreen } from './session-screen.ts'
import { Viewers } from './viewers.ts'

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
  readonly viewers: Viewers
  readonly #options: SessionOptions
  readonly #input: SessionInput
  readonly #screen: SessionScreen | undefined
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
      attachments: () => this.viewers,
      mayType: (attachment) => this.viewers.mayType(attachment),
      acceptsAnswer: (attachment) => this.viewers.acceptsAnswer(attachment),
      handleTyped: (attachment) => this.#handleTyped(attachment),
    })
    this.#screen = this.#openScreen(options)
    this.#resizePace = new ResizePace(options.clock, (size) => this.#resize(size))
    this.viewers = this.#makeViewers()
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
      sizeRule: this.viewers.sizeRule,
      control: this.viewers.control,
      lastOutputAt: this.#lastOutputAt,
      viewers: this.viewers.count,
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

  /** What the terminal shows now; undefined without a terminal. It rejects when none can be had. */
  checkpoint(): Promise<Checkpoint> | undefined {
    return this.#screen?.checkpoint()
  }

  /** Which input was taken and which was written. */
  get inputLedger(): Pick<InputLedger, 'taken' | 'written'> {
    return this.#input.ledger
  }

  /** Applies one input frame of a viewer. @throws LimpetError when it is refused; nothing is applied then */
  write(attachment: Attachment, frame: InputFrame): void {
    this.#input.write(this.#requireRunning().process, attachment, frame)
  }

  /** @throws LimpetError NOT_A_TERMINAL, SESSION_ENDED */
  resize(attachment: Attachment, size: TerminalSize): void {
    this.#requireRunning()
    this.#requireTerminal()
    this.viewers.handleResized(attachment, size)
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
    if ((sizeRule ?? size) !== undefined) {
      this.#requireTerminal()
      this.viewers.setSizeRule(sizeRule ?? this.viewers.sizeRule, size)
    }
    if (labels) this.labels = Object.keys(labels).length === 0 ? undefined : labels
    this.#changed('facts')
  }

  /** From here on only this viewer may type; null: all who may. @throws LimpetError VIEWER_NOT_FOUND, SESSION_ENDED */
  giveControl(viewer: string | null): void {
    this.#requireRunning()
    this.viewers.giveControl(viewer)
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
    this.viewers.close()
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
    this.viewers.updatePace()
    this.#changed('output')
  }

  #handleExit(exit: ExitStatus): void {
    if (this.#phase.name !== 'running') return
    this.#phase = { name: 'draining', process: this.#phase.process, exit }
    this.viewers.handleExited()
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
    this.viewers.handleEnded()
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
    this.viewers.pumpAll()
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
    this.viewers.handleTyped(attachment)
    this.#resizePace.settle()
  }

  #makeViewers(): Viewers {
    const { id, log, plan } = this
    return new Viewers({
      session: id,
      log,
      isRunning: () => this.#phase.name === 'running',
      ...(plan.terminal && {
        terminal: {
          sizeRule: plan.sizeRule ?? 'latest',
          hostDuty: this.#screen?.duty,
          resize: (size) => this.#resizePace.resize(size),
        },
      }),
      appendMarker: (marker) => this.#appendMarker(marker),
      setPaused: (isPaused) => this.#setPaused(isPaused),
      handleChanged: () => this.#changed('facts'),
    })
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
