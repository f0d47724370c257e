// Owns the blocks of the stream: for each command its output as lines, read off a terminal while one is attached.
// An ended block keeps only what it shows; the rest is read again from the host when somebody asks for it.

import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { SessionId, SessionInfo } from '@limpet/protocol'
import { FOLDED_LINES, readOutput, textOf, type BlockOutput } from '../terminal/output.ts'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { whenEnded, whenRead } from '../terminal/when-read.ts'
import { SCROLLBACK_LINES } from '../terminal/xterm-options.ts'
import type { Terminals } from './terminals.ts'

/** What of a block's log is not among its lines. */
export interface Missing {
  /** Bytes that are kept, and were not read: only the newest are. */
  readonly earlierBytes: number
  /** Bytes that are no longer kept. */
  readonly lostBytes: number
}

const NOTHING_MISSING: Missing = { earlierBytes: 0, lostBytes: 0 }

/** What the page knows of one block beside its session's facts. */
export interface Block {
  /** Undefined until something was read. */
  readonly output: ReadonlySignal<BlockOutput | undefined>
  /** The terminal behind it, while it runs or is read. */
  readonly terminal: ReadonlySignal<SessionTerminal | undefined>
  /** True when all lines are shown. */
  readonly isUnfolded: ReadonlySignal<boolean>
  /** What of its log is not among its lines. */
  readonly missing: ReadonlySignal<Missing>
  /** Why its output cannot be shown. */
  readonly trouble: ReadonlySignal<string | undefined>
  /** True when somebody asked it to stop: the next wish is an order. */
  readonly isStopping: Signal<boolean>
  /** Set by whoever wants to type into it; the block's view answers. */
  readonly wantsKeys: Signal<boolean>
}

/** Above so many lines a running block is read less often than each frame. */
const MANY_LINES = 500
const MANY_LINES_MS = 150

class BlockState implements Block {
  readonly output: Signal<BlockOutput | undefined> = signal(undefined)
  readonly terminal: Signal<SessionTerminal | undefined> = signal(undefined)
  readonly isUnfolded: Signal<boolean> = signal(false)
  readonly missing: Signal<Missing> = signal(NOTHING_MISSING)
  readonly trouble: Signal<string | undefined> = signal(undefined)
  readonly isStopping: Signal<boolean> = signal(false)
  readonly wantsKeys: Signal<boolean> = signal(false)
  reading: Promise<void> | undefined
}

export class Blocks {
  /** The block that somebody wants to see: the stream scrolls to it. */
  readonly wanted: Signal<SessionId | undefined> = signal(undefined)
  /** True while the stream stays at its end, however much is written. */
  readonly followsEnd: Signal<boolean> = signal(true)
  /** How far the stream was scrolled, in CSS pixels: one comes back to where one was. */
  readonly scrolled: Signal<number> = signal(0)
  readonly #terminals: Terminals
  readonly #blocks = new Map<SessionId, BlockState>()

  constructor(terminals: Terminals) {
    this.#terminals = terminals
  }

  of(id: SessionId): Block {
    return this.#of(id)
  }

  /** Reads its output; it stays attached while it runs. Idempotent. */
  async load(session: SessionInfo): Promise<void> {
    const isRead = this.#of(session.id).output.peek() !== undefined && session.state !== 'running'
    if (!isRead) await this.#read(session)
  }

  async unfold(session: SessionInfo): Promise<void> {
    const block = this.#of(session.id)
    block.isUnfolded.value = true
    // A reading under way shows all by itself, unless it had just come to its end.
    await block.reading
    const { total = 0, lines = [] } = block.output.peek() ?? {}
    if (block.isUnfolded.peek() && lines.length < total) await this.#read(session)
  }

  fold({ id }: SessionInfo): void {
    const block = this.#of(id)
    block.isUnfolded.value = false
    const output = block.output.peek()
    if (output === undefined) return
    block.output.value = { ...output, lines: output.lines.slice(-FOLDED_LINES) }
  }

  /** All of its output that is kept, as text. */
  async text(session: SessionInfo): Promise<string> {
    // Held in its own name: the block may let go of the terminal meanwhile.
    const terminal = await this.#terminals.hold(session, 'copy')
    if (terminal === undefined) return ''
    await (session.state !== 'running' ? whenEnded(terminal) : whenRead(terminal))
    const text = textOf(readAll(terminal))
    this.#terminals.release(session.id, 'copy')
    return text
  }

  #of(id: SessionId): BlockState {
    const block = this.#blocks.get(id) ?? new BlockState()
    this.#blocks.set(id, block)
    return block
  }

  #read(session: SessionInfo): Promise<void> {
    const block = this.#of(session.id)
    block.reading ??= this.#follow(block, session).finally(() => {
      block.reading = undefined
    })
    return block.reading
  }

  /** Attaches and reads to the end. */
  async #follow(block: BlockState, session: SessionInfo): Promise<void> {
    const terminal = await this.#terminals.hold(session, 'block')
    if (terminal === undefined) return
    block.terminal.value = terminal
    block.trouble.value = undefined
    await followOutput(block, terminal)
    block.terminal.value = undefined
    this.#terminals.release(session.id, 'block')
  }
}

/** Reads at most once a frame while output comes. @returns when the session has ended and all is read */
function followOutput(block: BlockState, terminal: SessionTerminal): Promise<void> {
  const { phase, revision, isFullScreen } = terminal
  let isScheduled = false
  let isOver = false
  const read = (): void => {
    isScheduled = false
    // The screen of a full-screen program is no output; a terminal that was let go of has none any more.
    if (isFullScreen.peek() || isOver) return
    const most = block.isUnfolded.peek() ? Number.POSITIVE_INFINITY : FOLDED_LINES
    block.output.value = readOutput(terminal.xterm.buffer.normal, most, SCROLLBACK_LINES)
    noteMissing(block, terminal)
  }
  const schedule = (): void => {
    if (isScheduled) return
    isScheduled = true
    const hasMany = (block.output.peek()?.total ?? 0) > MANY_LINES
    if (hasMany) setTimeout(read, MANY_LINES_MS)
    else requestAnimationFrame(read)
  }
  return new Promise((resolve) => {
    const stop = effect(() => {
      void [revision.value, block.isUnfolded.value, isFullScreen.value]
      const { state } = phase.value
      if (state === 'live') return schedule()
      if (state === 'catching-up') return
      if (phase.value.state === 'failed') block.trouble.value = phase.value.error.message
      read()
      isOver = true
      // Not within the effect that it ends.
      queueMicrotask(() => {
        stop()
        resolve()
      })
    })
  })
}

function noteMissing(
  block: BlockState,
  { earlierBytes, lostBytes, skippedBytes }: SessionTerminal,
): void {
  const lost = lostBytes.peek() + skippedBytes.peek()
  const { missing } = block
  const isSame =
    missing.peek().earlierBytes === earlierBytes.peek() && missing.peek().lostBytes === lost
  if (!isSame) missing.value = { earlierBytes: earlierBytes.peek(), lostBytes: lost }
}

function readAll({ xterm }: SessionTerminal): BlockOutput {
  return readOutput(xterm.buffer.normal, Number.POSITIVE_INFINITY, SCROLLBACK_LINES)
}
