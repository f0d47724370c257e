// Owns making the user's terminal show a checkpoint: what the session's terminal shows, on a screen that is not
// fresh. Before: the checkpoint of the host; after: the bytes for the user's terminal.

import type { Checkpoint } from '@limpet/protocol'
import { EscapeTokenizer } from './escape-tokens.ts'
import type { TerminalModes } from './terminal-modes.ts'

interface Restorable {
  /** Learns what the checkpoint sets, so that leaving undoes it. */
  readonly modes: TerminalModes
  readonly size: { readonly rows: number } | undefined
}

/** Tall enough for every terminal whose size nobody knows. */
const UNKNOWN_ROWS = 100

/** @returns Latin-1: one character for each byte */
export function restoreScreen({ bytes }: Checkpoint, { modes, size }: Restorable): string {
  // What the screen before this one had set is undone; the first time, that is nothing.
  const fresh = `${modes.reset()}\x1b[!p\x1b[0m${pushedAway(size?.rows ?? UNKNOWN_ROWS)}`
  const tokenizer = new EscapeTokenizer()
  for (const { kind, text } of [...tokenizer.push(bytes), ...tokenizer.flush()]) {
    if (kind === 'sequence') modes.note(text)
  }
  return fresh + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** What was on the screen goes where one can scroll back to it; clearing alone would forget it. */
function pushedAway(rows: number): string {
  return `\x1b[${rows};1H${'\n'.repeat(rows)}\x1b[H\x1b[2J`
}
