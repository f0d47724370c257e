// Owns a terminal session in the user's own terminal: joins screen, keyboard and session. The terminal itself
// answers what the program asks, when it is our turn to answer (DESIGN.md §7).
//
//   process → log → records ─▶ tokens ─▶ query gate ─▶ terminal
//   process ◀── input frames ◀── detach key ◀── answer splitter ◀── keys

import type { OutputRecord, Session, ViewOptions } from '@limpet/client'
import type { ExitStatus } from '@limpet/protocol'
import type { DetachKey } from './detach-key.ts'
import { EscapeTokenizer } from './escape-tokens.ts'
import { Keyboard } from './keyboard.ts'
import { QueryGate } from './query-gate.ts'
import { isQuery } from './query-patterns.ts'
import { RawTerminal, type LeaveSignal } from './raw-terminal.ts'

export interface DriveOptions {
  /** Opens or attaches the session, with the view it is given. */
  readonly open: (view: ViewOptions<Session>) => Promise<Session>
  readonly detachKey: DetachKey
}

/** How it came that the terminal is the user's again. */
export type DriveEnd =
  | { readonly type: 'ended'; readonly exit: ExitStatus }
  | { readonly type: 'left'; readonly reason: LeaveSignal | 'detached' }

/** @throws LimpetError when there is no session, or its connection is lost for good */
export async function driveTerminal(options: DriveOptions): Promise<DriveEnd> {
  return new Promise((resolve, reject) => {
    const drive = new Drive({
      detachKey: options.detachKey,
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
  readonly finish: (end: DriveEnd) => void
  readonly fail: (error: Error) => void
}

class Drive implements Disposable {
  readonly #callbacks: DriveCallbacks
  readonly #tokenizer = new EscapeTokenizer()
  readonly #terminal: RawTerminal
  readonly #keyboard: Keyboard
  #gate: QueryGate | undefined
  #session: Session | undefined

  constructor(callbacks: DriveCallbacks) {
    this.#callbacks = callbacks
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
  }

  async start(open: DriveOptions['open']): Promise<void> {
    try {
      this.#session = await open({
        ...this.#terminal.size,
        answers: process.stdin.isTTY && process.stdout.isTTY,
        sink: {
          handleAttached: (attached) => {
            this.#gate ??= new QueryGate(attached)
            this.#gate.attached(attached)
          },
          handleRecord: (record, session) => this.#handleRecord(record, session),
        },
      })
      this.#callbacks.finish({ type: 'ended', exit: await this.#session.exited })
    } catch (error) {
      this.#callbacks.fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  [Symbol.dispose](): void {
    this.#keyboard[Symbol.dispose]()
    this.#terminal[Symbol.dispose]()
  }

  #handleRecord(record: OutputRecord, session: Session): void {
    this.#session ??= session // output may come before `open` has given the handle
    const shown = this.#shownOf(record)
    // Acknowledged once the terminal has taken it: a slow terminal slows the program, at most.
    if (shown === '') session.acknowledge(record.end)
    else process.stdout.write(Buffer.from(shown, 'latin1'), () => session.acknowledge(record.end))
  }

  /** @returns what the terminal gets to see of a record, Latin-1 */
  #shownOf(record: OutputRecord): string {
    if (record.type === 'output') return this.#filtered(record)
    if (record.type === 'gap') {
      const bytes = record.gap.to - record.gap.from
      return `\x1b[0m\r\n[limpet: ${bytes} bytes are no longer kept]\r\n`
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
    try {
      await this.#session?.write(bytes, { isAnswer })
    } catch {
      // The session has ended, or may only be watched: keys are for nobody then.
    }
  }

  #resize(): void {
    const { size } = this.#terminal
    // Refused only when the session has ended or may only be watched.
    if (size) void this.#session?.resize(size.columns, size.rows).catch(() => {})
  }
}
