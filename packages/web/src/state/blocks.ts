// Owns the blocks of the stream: for each command its output as lines, read off a terminal while one is attached.
// An ended block keeps only what it shows; the rest is read again from the host when somebody asks for it.

import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { SessionId, SessionInfo } from '@limpet/protocol'
import { SCROLLBACK_LINES } from '../terminal/xterm-options.ts'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import type { Terminals } from './terminals.ts'
import { FOLDED_LINES, readOutput, textOf, type BlockOutput } from '../terminal/output.ts'

export interface Block {
  /** Undefined until something was read. */
  readonly output: ReadonlySignal<BlockOutput | undefined>
  /** The terminal behind it, while it runs or is read. */
  readonly terminal: ReadonlySignal<SessionTerminal | undefined>
  /** True when all lines are shown. */
  readonly isUnfolded: Signal<boolean>
  /** True when somebody asked it to stop: the next wish is an order. */
  readonly isStopping: Signal<boolean>
  /** Set by whoever wants to type into it; the block's view answers. */
  readonly wantsKeys: Signal<boolean>
  readonly trouble: ReadonlySignal<string | undefined>
}

export interface Blocks {
  /** The block that somebody wants to see: the stream scrolls to it. */
  readonly wanted: Signal<SessionId | undefined>
  of(id: SessionId): Block
  /** Reads its output; it stays attached while it runs. Idempotent. */
  load(session: SessionInfo): Promise<void>
  unfold(session: SessionInfo): Promise<void>
  fold(session: SessionInfo): void
  /** All of its output that is kept, as text. */
  text(session: SessionInfo): Promise<string>
}

/** Above so many lines a running block is read less often than each frame. */
const MANY_LINES = 500
const MANY_LINES_MS = 150

interface BlockState extends Block {
  readonly output: Signal<BlockOutput | undefined>
  readonly terminal: Signal<SessionTerminal | undefined>
  readonly trouble: Signal<string | undefined>
  reading: Promise<void> | undefined
}

export function createBlocks(terminals: Terminals): Blocks {
  const blocks = new Map<SessionId, BlockState>()
  const of = (id: SessionId): BlockState => {
    const known = blocks.get(id)
    if (known !== undefined) return known
    const block: BlockState = {
      output: signal(undefined),
      terminal: signal(undefined),
      isUnfolded: signal(false),
      isStopping: signal(false),
      wantsKeys: signal(false),
      trouble: signal(undefined),
      reading: undefined,
    }
    blocks.set(id, block)
    return block
  }
  /** Attaches and follows to the end. */
  const read = (session: SessionInfo): Promise<void> => {
    const block = of(session.id)
    block.reading ??= follow(block, session).finally(() => {
      block.reading = undefined
    })
    return block.reading
  }
  const follow = async (block: BlockState, session: SessionInfo): Promise<void> => {
    const terminal = await terminals.hold(session, 'block')
    if (terminal === undefined) return
    block.terminal.value = terminal
    await followOutput(block, terminal)
    block.terminal.value = undefined
    terminals.release(session.id, 'block')
  }
  return {
    wanted: signal(undefined),
    of,
    async load(session) {
      const block = of(session.id)
      const isRead = block.output.peek() !== undefined && session.state === 'ended'
      if (!isRead) await read(session)
    },
    async unfold(session) {
      const block = of(session.id)
      block.isUnfolded.value = true
      const { output } = block
      const hasAll = (output.peek()?.total ?? 0) <= (output.peek()?.lines.length ?? 0)
      if (!hasAll) await read(session)
    },
    fold(session) {
      const block = of(session.id)
      block.isUnfolded.value = false
      const output = block.output.peek()
      if (output === undefined) return
      block.output.value = { ...output, lines: output.lines.slice(-FOLDED_LINES) }
    },
    async text(session) {
      const block = of(session.id)
      const terminal = block.terminal.peek()
      if (terminal !== undefined) return textOf(readAll(terminal))
      let text = ''
      const attached = await terminals.hold(session, 'block')
      if (attached === undefined) return text
      await settled(attached)
      text = textOf(readAll(attached))
      if (block.terminal.peek() === undefined) terminals.release(session.id, 'block')
      return text
    },
  }
}

/** Reads at most once a frame while output comes. @returns when the session has ended and all is read */
function followOutput(block: BlockState, terminal: SessionTerminal): Promise<void> {
  return new Promise((resolve) => {
    let isScheduled = false
    const read = (): void => {
      isScheduled = false
      const most = block.isUnfolded.peek() ? Number.POSITIVE_INFINITY : FOLDED_LINES
      // The screen of a full-screen program is no output.
      if (terminal.isFullScreen.peek()) return
      block.output.value = readOutput(terminal.xterm.buffer.normal, most, SCROLLBACK_LINES)
    }
    const schedule = (): void => {
      if (isScheduled) return
      isScheduled = true
      if ((block.output.peek()?.total ?? 0) > MANY_LINES) setTimeout(read, MANY_LINES_MS)
      else requestAnimationFrame(read)
    }
    const stop = effect(() => {
      const { value: phase } = terminal.phase
      terminal.revision.value
      block.isUnfolded.value
      terminal.isFullScreen.value
      if (phase.state === 'failed') block.trouble.value = phase.error.message
      if (phase.state === 'ended' || phase.state === 'failed') {
        read()
        // Not within the effect that it ends.
        queueMicrotask(() => {
          stop()
          resolve()
        })
      } else if (phase.state === 'live') schedule()
    })
  })
}

function readAll(terminal: SessionTerminal): BlockOutput {
  return readOutput(terminal.xterm.buffer.normal, Number.POSITIVE_INFINITY, SCROLLBACK_LINES)
}

/** @returns when what was there at first is parsed */
function settled(terminal: SessionTerminal): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (terminal.phase.value.state === 'catching-up') return
      queueMicrotask(() => {
        stop()
        resolve()
      })
    })
  })
}
