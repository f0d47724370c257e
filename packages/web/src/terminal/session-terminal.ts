// Owns the one terminal that this page has of a session: the xterm that parses its log, who answers its queries,
// what is typed into it. It lives while somebody in the page shows it, and moves between them (block, tab).
// Before: the SDK's session hands over records; after: terminal-view.tsx and the stream show what was parsed.

import { signal, type ReadonlySignal, type Signal } from '@preact/signals'
import { LimpetError, type OutputRecord, type OutputSink, type Session } from '@limpet/client'
import type { Attached, ExitStatus, SessionInfo, TerminalSize } from '@limpet/protocol'
import type { Terminal } from '@xterm/xterm'
import { AnswerGate } from './answer-gate.ts'
import { Company } from './company.ts'
import { Exactness } from './exactness.ts'
import { FirstScreen } from './first-screen.ts'
import { hookQueries, type QueryHooks } from './query-hooks.ts'
import { TerminalFeed, type PlacedFact } from './terminal-feed.ts'
import { createXterm } from './xterm-options.ts'

/** How this page wants to see a session; the SDK adds the rest. */
export interface TerminalViewRequest {
  readonly answers: boolean
  /** It can show checkpoints: after a gap it gets one [FLOW-5]. */
  readonly checkpoints: boolean
  readonly sink: OutputSink<Session>
}

export interface SessionTerminalOptions {
  /** The session's grid as far as it is known; its resize records tell the rest. */
  readonly size: TerminalSize
  /** False: the session has pipes, whose lines end with a line feed alone. */
  readonly isTty: boolean
  readonly mayType: boolean
  readonly fontSize: number
  /** Opens or attaches: the records go to the sink, from the screen or from an offset on. */
  readonly attach: (view: TerminalViewRequest) => Promise<Session>
}

/** What has become of the attachment. */
export type TerminalPhase =
  /** What was there when it was attached is not all parsed yet. */
  | { readonly state: 'catching-up' }
  | { readonly state: 'live' }
  /** The process has ended; everything it wrote is parsed. */
  | { readonly state: 'ended'; readonly exit: ExitStatus }
  /** Its host has crashed; everything that was kept is parsed [LOG-7]. */
  | { readonly state: 'lost' }
  /** It could not be attached, or was forgotten. */
  | { readonly state: 'failed'; readonly error: Error }

/** Why what somebody typed was not taken. */
export type Refusal = 'held' | 'watching' | 'over'

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
  /** Bytes of the log before the place where this terminal began to read: they were not asked for. */
  readonly earlierBytes: Signal<number> = signal(0)
  /** Bytes that were skipped since this page watches: it was too slow for them. */
  readonly skippedBytes: Signal<number> = signal(0)
  /** False: output was skipped, the screen may be incomplete until the program redraws [SCREEN-2]. */
  readonly isExact: ReadonlySignal<boolean>
  /** Why the log is in memory only, as far as it was said since this page watches. */
  readonly logTrouble: Signal<string> = signal('')
  /** Who else is here, and who may type. */
  readonly company: Company = new Company()
  /** Keys and pastes that the host has not yet written to the process. */
  readonly heldInputs: Signal<number> = signal(0)
  /** Grows when somebody types where nothing reads: the view says why. */
  readonly refusals: Signal<number> = signal(0)
  readonly refusal: Signal<Refusal> = signal('over')
  /** The handle; rejects when the session could not be opened or attached. */
  readonly opened: Promise<Session>
  readonly mayType: boolean
  readonly isTty: boolean
  /** Changes what is typed: the keys that stick on a phone. */
  filterInput: (text: string) => string = (text) => text

  readonly #exactness: Exactness
  readonly #feed: TerminalFeed
  readonly #gate: AnswerGate
  readonly #firstScreen: FirstScreen = new FirstScreen()
  #facts: SessionInfo | undefined
  #hasBegun = false
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
    this.#exactness = new Exactness(this.xterm)
    this.isExact = this.#exactness.isExact
    this.#gate = new AnswerGate((answer) => this.#answer(answer))
    this.#feed = new TerminalFeed({
      terminal: this.xterm,
      handleFact: (fact) => this.#handleFact(fact),
      handleParsed: (end) => this.#handleParsed(end),
      handleRestored: ({ isExact, offset }) => {
        this.#exactness.restore(isExact, offset)
        this.isFullScreen.value = this.xterm.buffer.active.type === 'alternate'
        this.#firstScreen.note()
      },
    })
    this.#listen()
    this.#firstScreen.begin()
    this.opened = options.attach({
      answers: isTty && mayType,
      checkpoints: isTty,
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
    if (isOver(state)) return this.#refuse('over')
    if (!this.mayType) return this.#refuse('watching')
    this.heldInputs.value += 1
    this.opened
      .then((session) => session.write(data))
      .catch((error: unknown) => {
        const isHeld = error instanceof LimpetError && error.code === 'CONTROL_HELD'
        // Ended or lost: the exit record or the failure says it where it is seen.
        this.#refuse(isHeld ? 'held' : 'over')
      })
      .finally(() => {
        this.heldInputs.value -= 1
      })
  }

  /** Says how many cells this viewer can show; said once for each size. */
  reportSize(size: TerminalSize): void {
    const { columns, rows } = size
    if (columns === this.#reported.columns && rows === this.#reported.rows) return
    if (!this.isTty || !this.mayType || isOver(this.phase.peek().state)) return
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
    if (!isOver(this.phase.peek().state)) this.#fail(new Error('This page has let go of it.'))
    this.company.leave()
    this.hooks.dispose()
    this.xterm.dispose()
    // A session that was never opened has nothing to let go of.
    this.opened.then((session) => session.detach()).catch(() => {})
  }

  #refuse(refusal: Refusal): void {
    this.refusal.value = refusal
    this.refusals.value += 1
  }

  #listen(): void {
    this.xterm.onData((text) => {
      // What a checkpoint's bytes ask was answered when the program asked it.
      if (this.hooks.isAnswering() && this.#feed.isRestoring) return
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
    this.#facts = attached.session
    if (!this.#hasBegun) {
      this.#hasBegun = true
      this.earlierBytes.value = Math.max(0, attached.offset - attached.session.keptFrom)
    }
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
      case 'checkpoint':
        return this.resize(fact.checkpoint)
      case 'exit':
        this.#end({ state: 'ended', exit: fact.exit })
        return
      case 'gap':
        this.#handleGap(fact.gap.to - fact.gap.from)
        return
      case 'marker':
        if (fact.marker.type === 'responder') this.#gate.handleMarker(fact.marker, fact.offset)
        if (fact.marker.type === 'log') this.logTrouble.value = fact.marker.reason
        return
      default:
      // output was parsed; what this build does not know changes nothing here
    }
  }

  #end(phase: TerminalPhase): void {
    this.phase.value = phase
    // No cursor where nothing can be typed.
    this.xterm.write(HIDE_CURSOR)
  }

  /** Before it was caught up, what is missing was never shown; later, somebody was too slow for it. */
  #handleGap(bytes: number): void {
    const isFirst = this.phase.peek().state === 'catching-up'
    const missing = isFirst ? this.lostBytes : this.skippedBytes
    missing.value += bytes
  }

  #handleParsed(end: number): void {
    this.revision.value += 1
    this.#exactness.noteParsed(end)
    this.#noteProgress()
    // Only a session that is open has records.
    this.opened.then((session) => session.acknowledge(end)).catch(() => {})
  }

  #noteProgress(): void {
    const isLive = this.#feed.offset >= this.#pastEnd
    if (!isLive || this.phase.peek().state !== 'catching-up') return
    this.#firstScreen.note()
    const { state, exit } = this.#facts ?? {}
    // A checkpoint may stand behind the exit record; one of a crashed host there never was.
    if (state === 'lost') this.#end({ state: 'lost' })
    else if (state === 'ended' && exit !== undefined) this.#end({ state: 'ended', exit })
    else this.phase.value = { state: 'live' }
  }

  #answer(answer: string): void {
    this.opened
      .then((session) => session.write(answer, { isAnswer: true }))
      // The program has ended, or somebody else answers by now: nobody waits for it any more.
      .catch(() => {})
  }

  #watch(session: Session): void {
    if (!this.#isClosed) this.company.follow(session)
    // Rejects when the handle ends before the session: forgotten by the host, or closed by this page; and when the
    // session was lost with its host, which is no failure to show it.
    session.exited.catch((error: unknown) => {
      if (this.#isClosed || isOver(this.phase.peek().state)) return
      // Nothing would tell any more who comes and goes.
      this.company.leave()
      if (isLoss(error)) this.#end({ state: 'lost' })
      else this.#fail(error)
    })
  }

  #fail(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    this.phase.value = { state: 'failed', error }
  }
}

/** Nothing more will come, nothing is read any more. */
export function isOver(state: TerminalPhase['state']): boolean {
  return state === 'ended' || state === 'lost' || state === 'failed'
}

/** How the SDK says that a session's host has crashed [LOG-7]. */
function isLoss(error: unknown): boolean {
  return error instanceof LimpetError && error.details['state'] === 'lost'
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
