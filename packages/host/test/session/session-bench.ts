// One real session over a memory log, with a process that the test plays and viewers that come and go.

import {
  attachmentId,
  clientIdFrom,
  factOf,
  inputSequence,
  sessionIdFrom,
  DEFAULT_WINDOW_BYTES,
  type LaunchPlan,
  type Marker,
  type TerminalSize,
} from '@limpet/protocol'
import { MemoryLog } from '../../src/log/index.ts'
import type { ProcessHandlers, RunningProcess } from '../../src/process/index.ts'
import { Attachment, Session } from '../../src/session/index.ts'
import type { SessionChange } from '../../src/session/session.ts'
import { FakeConnection } from './fake-connection.ts'
import { ManualClock } from './fixtures.ts'
import { keepPlan } from '../../src/session/kept-plan.ts'

export const pipesPlan: LaunchPlan = {
  program: 'test',
  argv: ['cat'],
  title: 'cat',
  cwd: '/',
  environment: {},
  stdin: 'pipe',
  lifetime: 'kept',
  onEnd: 'leave',
}

export const terminalPlan: LaunchPlan = { ...pipesPlan, terminal: { columns: 80, rows: 24 } }

/** What became of the process. */
class PlayedProcess implements Partial<RunningProcess> {
  readonly pid = 1
  isPaused = false
  readonly sizes: TerminalSize[] = []
  readonly typed: string[] = []
  pauseOutput(): void {
    this.isPaused = true
  }
  resumeOutput(): void {
    this.isPaused = false
  }
  resize(columns: number, rows: number): void {
    this.sizes.push({ columns, rows })
  }
  write(bytes: Uint8Array, onWritten: () => void): void {
    this.typed.push(Buffer.from(bytes).toString())
    onWritten()
  }
}

export interface ViewerOptions {
  /** Client number. @default one of its own */
  readonly client?: number
  readonly from?: number
  readonly windowBytes?: number
  readonly size?: TerminalSize
  readonly canType?: boolean
  readonly lossless?: boolean
  readonly name?: string
  /** @default a connection of its own */
  readonly connection?: FakeConnection
}

export class BenchViewer {
  readonly attachment: Attachment
  readonly connection: FakeConnection
  readonly #session: Session
  #sequence = 0

  constructor(session: Session, attachment: Attachment, connection: FakeConnection) {
    this.#session = session
    this.attachment = attachment
    this.connection = connection
  }

  get name(): string {
    return this.attachment.viewer
  }

  /** @throws LimpetError when the session refuses it; the number stays free */
  type(text: string, isAnswer = false): void {
    this.#session.write(this.attachment, {
      kind: 'input',
      attachment: this.attachment.id,
      sequence: inputSequence(this.#sequence + 1),
      bytes: Buffer.from(text),
      isAnswer,
      isLast: false,
    })
    this.#sequence++
  }

  leave(options: { readonly isLost: boolean } = { isLost: false }): void {
    this.#session.viewers.detach(this.attachment, options.isLost)
  }

  /** Markers of this type that it was sent. */
  markers(type: Marker['type']): Marker[] {
    return this.connection.records
      .map(factOf)
      .flatMap((fact) => (fact.type === 'marker' && fact.marker.type === type ? [fact.marker] : []))
  }
}

export class SessionBench {
  readonly clock = new ManualClock()
  readonly log: MemoryLog
  readonly session: Session
  readonly process = new PlayedProcess()
  readonly changes: SessionChange[] = []
  handlers!: ProcessHandlers // set by `start`, before anybody uses it
  #count = 0

  private constructor(plan: LaunchPlan, retainBytes: number | undefined) {
    this.log = new MemoryLog(retainBytes === undefined ? {} : { retainBytes })
    this.session = new Session({
      id: sessionIdFrom(new Uint8Array(16)),
      plan: keepPlan(plan),
      log: this.log,
      clock: this.clock,
      // A fault of the session itself is none that a test expects.
      logger: {
        log() {},
        fault(_event, error) {
          throw error
        },
      },
      handleChanged: (_session, change) => void this.changes.push(change),
    })
  }

  static async start(
    plan: LaunchPlan = terminalPlan,
    options: { readonly retainBytes?: number } = {},
  ): Promise<SessionBench> {
    const bench = new SessionBench(plan, options.retainBytes)
    await bench.session.start(async (handlers) => {
      bench.handlers = handlers
      return bench.process as Partial<RunningProcess> as RunningProcess // what the session uses of it
    })
    return bench
  }

  output(bytes: Uint8Array | string): void {
    this.handlers.onOutput('stdout', typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
  }

  end(): void {
    this.handlers.onExit({ code: 0, signal: null, durationMs: 1 })
    this.handlers.onOutputEnd()
  }

  join(options: ViewerOptions = {}): BenchViewer {
    const number = ++this.#count
    const connection = options.connection ?? new FakeConnection()
    connection.canType = options.canType ?? connection.canType
    const attachment = new Attachment({
      id: attachmentId(number),
      viewer: `v${number}`,
      client: clientIdFrom(new Uint8Array(16).fill(options.client ?? 100 + number)),
      connection,
      log: this.log,
      clock: this.clock,
      from: options.from ?? 0,
      windowBytes: options.windowBytes ?? DEFAULT_WINDOW_BYTES,
      answers: false,
      lossless: options.lossless ?? false,
      ...(options.name !== undefined && { name: options.name }),
      ...(options.size && { size: options.size }),
    })
    this.session.viewers.attach(attachment)
    attachment.start()
    this.session.viewers.pump(attachment)
    return new BenchViewer(this.session, attachment, connection)
  }
}
