// Owns a terminal session in the user's own terminal: joins screen, keyboard and session. The terminal itself
// answers what the program asks, when it is our turn to answer (DESIGN.md §7).
//
//   process → log → records ─▶ tokens ─▶ query gate ─▶ terminal
//   process ◀── input frames ◀── detach key ◀── answer splitter ◀── keys

import type { OutputRecord, Session, ViewOptions } from '@limpet/client'
import { LimpetError, type ExitStatus } from '@limpet/protocol'
import { describeGap } from '../gap-notice.ts'
import { ConnectionNote } from './connection-note.ts'
import type { DetachKey } from './detach-key.ts'
import { EscapeTokenizer } from './escape-tokens.ts'
import { Keyboard } from './keyboard.ts'
import { QueryGate } from './query-gate.ts'
import { isQuery } from './query-patterns.ts'
import { RawTerminal, type LeaveSignal } from './raw-terminal.ts'
import { restoreScreen } from './restore-screen.ts'

/** Between two sizes, so that a program sees both. */
const REDRAW_PAUSE_MS = 100

export interface DriveOptions {
  /** Opens or attaches the session, with the view it is given. */
  readonly open: (view: ViewOptions<Session>) => Promise<Session>
  readonly detachKey: DetachKey
  /** True: watches only; keys and size stay here. @default false */
  readonly isReadOnly?: boolean
}

/** How it came that the terminal is the user's again. */
export type DriveEnd =
  | { readonly type: 'ended'; readonly exit: ExitStatus }
  /** Its host crashed; nobody knows how the process ended. */
  | { readonly type: 'lost' }
  | { readonly type: 'left'; readonly reason: LeaveSignal | 'detached' }

/** @throws LimpetError when there is no session, or its connection is lost for good */
export async function driveTerminal(options: DriveOptions): Promise<DriveEnd> {
  return new Promise((resolve, reject) => {
    const drive = new Drive({
      detachKey: options.detachKey,
      isReadOnly: options.isReadOnly ?? false,
      finish: (end) => {
        drive[Symbol.dispose]()
        resolve(end)
      },
      fail: (error) => {
        drive[Symbol.dispose]()
        reject(error)
      },
    })
    void drive.start(options.open)
  })
}

interface DriveCallbacks {
  readonly detachKey: DetachKey
  readonly isReadOnly: boolean
  readonly finish: (end: DriveEnd) => void
  readonly fail: (error: Error) => void
}

class Drive implements Disposable {
  readonly #callbacks: DriveCallbacks
  readonly #tokenizer = new EscapeTokenizer()
  readonly #terminal: RawTerminal
  readonly #keyboard: Keyboard
  readonly #note: ConnectionNote
  #gate: QueryGate | undefined
  #session: Session | undefined
  /** Keys that come before the session is attached wait for it: they were meant for it. */
  readonly #attached: Promise<Session>
  #handleSession: (session: Session) => void = () => {}

  constructor(callbacks: DriveCallbacks) {
    this.#callbacks = callbacks
    this.#attached = new Promise((resolve) => (this.#handleSession = resolve))
    this.#keyboard = new Keyboard({
      detachKey: callbacks.detachKey,
      send: (bytes, isAnswer) => this.#send(bytes, isAnswer),
      pendingBytes: () => this.#session?.unacknowledgedInputBytes ?? 0,
      pause: () => this.#terminal.pauseKeys(),
      resume: () => this.#terminal.resumeKeys(),
      handleDetach: () => callbacks.finish({ type: 'left', reason: 'detached' }),
    })
    this.#terminal = new RawTerminal({
      handleKeys: (bytes) => this.#keyboard.handleKeys(bytes),
      handleResize: () => this.#resize(),
      handleLeave: (reason) => callbacks.finish({ type: 'left', reason }),
    })
    this.#note = new ConnectionNote({
      isAlternate: () => this.#terminal.modes.isAlternate,
      redraw: () => this.#askToRedraw(),
    })
  }

  async start(open: DriveOptions['open']): Promise<void> {
    try {
      const { isReadOnly } = this.#callbacks
      const { size } = this.#terminal
      const session = await open({
        ...(!isReadOnly && size),
        answers: process.stdin.isTTY && process.stdout.isTTY && !isReadOnly,
        checkpoints: process.stdout.isTTY,
        sink: {
          handleAttached: (attached) => {
            this.#gate ??= new QueryGate(attached)
            this.#gate.attached(attached)
          },
          handleRecord: (record, session) => this.#handleRecord(record, session),
        },
      })
      this.#begin(session)
      const { columns, rows } = this.#terminal.size ?? {}
      if (columns !== size?.columns || rows !== size?.rows) this.#resize()
      session.onStateChange((state) => this.#note.handleState(state))
      this.#callbacks.finish({ type: 'ended', exit: await session.exited })
    } catch (error) {
      const isLost = error instanceof LimpetError && error.code === 'SESSION_ENDED'
      if (isLost) this.#callbacks.finish({ type: 'lost' })
      else this.#callbacks.fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  [Symbol.dispose](): void {
    this.#keyboard[Symbol.dispose]()
    this.#note[Symbol.dispose]()
    this.#terminal[Symbol.dispose]()
  }

  #begin(session: Session): void {
    this.#session = session
    this.#handleSession(session)
  }

  #handleRecord(record: OutputRecord, session: Session): void {
    this.#begin(session) // output may come before `open` has given the handle
    const shown = this.#shownOf(record)
    // Acknowledged once the terminal has taken it: a slow terminal slows the program, at most.
    if (shown === '') session.acknowledge(record.end)
    else process.stdout.write(Buffer.from(shown, 'latin1'), () => session.acknowledge(record.end))
  }

  /** @returns what the terminal gets to see of a record, Latin-1 */
  #shownOf(record: OutputRecord): string {
    if (record.type === 'output') return this.#filtered(record)
    if (record.type === 'checkpoint') {
      this.#tokenizer.flush() // the beginning of a sequence that is part of the checkpoint now
      return restoreScreen(record.checkpoint, this.#terminal)
    }
    if (record.type === 'gap') {
      return `\x1b[0m\r\n[limpet: ${describeGap(record.gap)}]\r\n`
    }
    if (record.type !== 'marker' || record.marker.type !== 'responder') return ''
    const unanswered = this.#gate?.responderChanged(record.marker) ?? []
    for (const query of unanswered) this.#keyboard.expectAnswerTo(query)
    return unanswered.join('')
  }

  #filtered(record: Extract<OutputRecord, { type: 'output' }>): string {
    let shown = ''
    let end = record.offset - this.#tokenizer.heldBytes
    for (const { kind, text } of this.#tokenizer.push(record.bytes)) {
      end += text.length
      if (kind === 'sequence') {
        if (this.#gate?.lets(text, end - 1) === false) continue
        this.#terminal.modes.note(text)
        if (isQuery(text)) this.#keyboard.expectAnswerTo(text)
      }
      shown += text
    }
    return shown
  }

  async #send(bytes: Uint8Array, isAnswer: boolean): Promise<void> {
    if (this.#callbacks.isReadOnly) return
    try {
      const session = this.#session ?? (await this.#attached)
      await session.write(bytes, { isAnswer })
    } catch (error) {
      // The session has ended, or may only be watched: keys are for nobody then. While somebody else has
      // control, a bell says so: there is no place on the screen that is ours.
      const isHeld = error instanceof LimpetError && error.code === 'CONTROL_HELD'
      if (isHeld && !isAnswer && process.stdout.isTTY) process.stdout.write('\x07')
    }
  }

  #resize(): void {
    const { size } = this.#terminal
    if (size) void this.#say(size.columns, size.rows)
  }

  /** Full-screen programs draw everything again when the size changes. */
  #askToRedraw(): void {
    const { size } = this.#terminal
    if (size === undefined || size.rows < 2) return
    void this.#say(size.columns, size.rows - 1)
    setTimeout(() => this.#resize(), REDRAW_PAUSE_MS)
  }

  async #say(columns: number, rows: number): Promise<void> {
    if (this.#callbacks.isReadOnly) return
    // Refused only when the session has ended or may only be watched.
    await this.#session?.resize(columns, rows).catch(() => {})
  }
}
