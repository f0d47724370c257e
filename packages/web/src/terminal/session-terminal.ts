// Owns the one terminal that this page has of a session: the xterm that parses its log, who answers its queries,
// what is typed into it. It lives while somebody in the page shows it, and moves between them (block, tab).
// Before: the SDK's session hands over records; after: terminal-view.tsx and the stream show what was parsed.

import { signal, type Signal } from '@preact/signals'
import type { OutputRecord, OutputSink, Session } from '@limpet/client'
import type { Attached, ExitStatus, TerminalSize } from '@limpet/protocol'
import type { Terminal } from '@xterm/xterm'
import { AnswerGate } from './answer-gate.ts'
import { hookQueries, type QueryHooks } from './query-hooks.ts'
import { TerminalFeed, type PlacedFact } from './terminal-feed.ts'
import { createXterm } from './xterm-options.ts'

/** How this page wants to see a session; the SDK adds the rest. */
export interface TerminalViewRequest {
  readonly answers: boolean
  readonly sink: OutputSink<Session>
}

export interface SessionTerminalOptions {
  /** The session's grid as far as it is known; its resize records tell the rest. */
  readonly size: TerminalSize
  /** False: the session has pipes, whose lines end with a line feed alone. */
  readonly isTty: boolean
  readonly mayType: boolean
  readonly fontSize: number
  /** Opens or attaches: the records go to the sink from the oldest kept byte on. */
  readonly attach: (view: TerminalViewRequest) => Promise<Session>
}

/** What has become of the attachment. */
export type TerminalPhase =
  /** What was there when it was attached is not all parsed yet. */
  | { readonly state: 'catching-up' }
  | { readonly state: 'live' }
  /** The process has ended; everything it wrote is parsed. */
  | { readonly state: 'ended'; readonly exit: ExitStatus }
  /** It could not be attached, or was forgotten. */
  | { readonly state: 'failed'; readonly error: Error }

const HIDE_CURSOR = '\x1b[?25l'

export class SessionTerminal {
  readonly xterm: Terminal
  readonly hooks: QueryHooks
  readonly phase: Signal<TerminalPhase> = signal({ state: 'catching-up' })
  /** What the program calls itself (OSC 0, 2), as it came. */
  readonly title: Signal<string> = signal('')
  /** True while the program uses the alternate screen. */
  readonly isFullScreen: Signal<boolean> = signal(false)
  /** Grows with each batch that was parsed. */
  readonly revision: Signal<number> = signal(0)
  /** The grid of the session: all its viewers show this one. */
  readonly size: Signal<TerminalSize>
  /** Bytes that the host no longer kept when this page asked for them. */
  readonly lostBytes: Signal<number> = signal(0)
  /** Keys and pastes that the host has not yet written to the process. */
  readonly heldInputs: Signal<number> = signal(0)
  /** Grows when somebody types where nothing reads: the view says why. */
  readonly refusals: Signal<number> = signal(0)
  /** The handle; rejects when the session could not be opened or attached. */
  readonly opened: Promise<Session>
  readonly mayType: boolean
  readonly isTty: boolean
  /** Changes what is typed: the keys that stick on a phone. */
  filterInput: (text: string) => string = (text) => text

  readonly #feed: TerminalFeed
  readonly #gate: AnswerGate
  #liveFrom = Number.POSITIVE_INFINITY
  /** End of the log when the newest attachment began: what lies below was there before somebody looked. */
  #pastEnd = Number.POSITIVE_INFINITY
  #reported: TerminalSize
  #isClosed = false

  constructor(options: SessionTerminalOptions) {
    const { size, isTty, mayType } = options
    this.mayType = mayType
    this.isTty = isTty
    this.size = signal(size)
    this.#reported = size
    this.xterm = createXterm({ ...size, fontSize: options.fontSize, convertEol: !isTty })
    this.hooks = hookQueries(this.xterm)
    this.#gate = new AnswerGate((answer) => this.#answer(answer))
    this.#feed = new TerminalFeed({
      terminal: this.xterm,
      handleFact: (fact) => this.#handleFact(fact),
      handleParsed: (end) => this.#handleParsed(end),
    })
    this.#listen()
    this.opened = options.attach({
      answers: isTty && mayType,
      sink: {
        handleRecord: (record) => this.#push(record),
        handleAttached: (attached) => this.#handleAttached(attached),
      },
    })
    this.opened.then(
      (session) => this.#watch(session),
      (error: unknown) => this.#fail(error),
    )
  }

  /** Types, pastes, presses: in the order of calls, held while there is no connection. */
  type(data: string | Uint8Array): void {
    const { state } = this.phase.peek()
    if (state === 'ended' || state === 'failed' || !this.mayType) {
      this.refusals.value += 1
      return
    }
    this.heldInputs.value += 1
    this.opened
      .then((session) => session.write(data))
      // Ended or lost: the exit record or the failure says it where it is seen.
      .catch(() => {
        this.refusals.value += 1
      })
      .finally(() => {
        this.heldInputs.value -= 1
      })
  }

  /** Says how many cells this viewer can show; said once for each size. */
  reportSize(size: TerminalSize): void {
    const { columns, rows } = size
    if (columns === this.#reported.columns && rows === this.#reported.rows) return
    if (!this.isTty || !this.mayType || this.phase.peek().state === 'ended') return
    this.#reported = size
    this.opened
      .then((session) => session.resize(columns, rows))
      // Ended meanwhile, or a viewer only: then the size of others holds.
      .catch(() => {})
  }

  /** Takes a size: that of a resize record, or, when the session has ended, any that suits. */
  resize(size: TerminalSize): void {
    if (this.#isClosed) return
    this.xterm.resize(size.columns, size.rows)
    this.size.value = size
  }

  /** Puts the terminal's element here; it leaves where it was. */
  mount(host: HTMLElement): void {
    if (this.xterm.element === undefined) this.xterm.open(host)
    else if (this.xterm.element.parentElement !== host) host.append(this.xterm.element)
  }

  /** Lets go of the session, which goes on. Idempotent. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    // Whoever still waits for something of it waits no longer.
    if (this.phase.peek().state !== 'ended') this.#fail(new Error('This page has let go of it.'))
    this.hooks.dispose()
    this.xterm.dispose()
    // A session that was never opened has nothing to let go of.
    this.opened.then((session) => session.detach()).catch(() => {})
  }

  #listen(): void {
    this.xterm.onData((text) => {
      if (this.hooks.isAnswering()) this.#gate.handleAnswer(text, this.#feed.offset)
      else this.type(this.filterInput(text))
    })
    // Old mouse reports: each character is one byte.
    this.xterm.onBinary((text) => this.type(Uint8Array.from(text, (byte) => byte.charCodeAt(0))))
    this.xterm.onTitleChange((title) => {
      this.title.value = title
    })
    this.xterm.buffer.onBufferChange((buffer) => {
      this.isFullScreen.value = buffer.type === 'alternate'
    })
  }

  #handleAttached(attached: Attached): void {
    this.#liveFrom = attached.liveFrom
    this.#pastEnd = attached.session.end
    this.#gate.attach(attached)
    this.#noteProgress()
  }

  #push(record: OutputRecord): void {
    if (this.#isClosed) return
    for (const part of cutAt(record, this.#liveFrom)) this.#feed.push(part)
  }

  #handleFact(fact: PlacedFact): void {
    switch (fact.type) {
      case 'resize':
        return this.resize(fact.size)
      case 'exit':
        this.phase.value = { state: 'ended', exit: fact.exit }
        // No cursor where nothing can be typed.
        this.xterm.write(HIDE_CURSOR)
        return
      case 'gap':
        this.lostBytes.value += fact.gap.to - fact.gap.from
        return
      case 'marker':
        if (fact.marker.type === 'responder') this.#gate.handleMarker(fact.marker, fact.offset)
        return
      default:
      // output was parsed; what this build does not know changes nothing here
    }
  }

  #handleParsed(end: number): void {
    this.revision.value += 1
    this.#noteProgress()
    // Only a session that is open has records.
    this.opened.then((session) => session.acknowledge(end)).catch(() => {})
  }

  #noteProgress(): void {
    const isLive = this.#feed.offset >= this.#pastEnd
    if (isLive && this.phase.peek().state === 'catching-up') this.phase.value = { state: 'live' }
  }

  #answer(answer: string): void {
    this.opened
      .then((session) => session.write(answer, { isAnswer: true }))
      // The program has ended, or somebody else answers by now: nobody waits for it any more.
      .catch(() => {})
  }

  #watch(session: Session): void {
    // Rejects when the handle ends before the session: forgotten by the host, or closed by this page.
    session.exited.catch((error: unknown) => {
      if (!this.#isClosed) this.#fail(error)
    })
  }

  #fail(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    this.phase.value = { state: 'failed', error }
  }
}

/** A record around `offset` becomes two: queries before it are of the past, those after it are not. */
function cutAt(record: OutputRecord, offset: number): readonly PlacedFact[] {
  if (record.type !== 'output' || record.offset >= offset || record.end <= offset) return [record]
  const length = offset - record.offset
  return [
    { ...record, bytes: record.bytes.subarray(0, length), end: offset },
    { ...record, bytes: record.bytes.subarray(length), offset },
  ]
}
