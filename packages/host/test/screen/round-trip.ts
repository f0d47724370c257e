// Cuts output anywhere, makes a checkpoint there, restores it into a fresh terminal, feeds both the rest.

import { encodeRecord, byteOffset, RECORD_KIND } from '@limpet/protocol'
import { Emulator } from '../../src/screen/emulator.ts'
import { charsetLetters, createXterm, type Xterm } from '../../src/screen/xterm.ts'
import { stateOf } from './terminal-state.ts'

export interface Trip {
  readonly columns?: number
  readonly rows?: number
}

export const LETTERS = charsetLetters()

/** What shows states that cannot be seen: where the margins, tab stops, sets and saved cursors are. */
const PROBE =
  'q~x\t|\t|\x1b[20;1H\n\n\n\x0eqx~\x0f\x1b8S\x1b[?6lO\x1b[1;70Hwrap around the margin of it\x1b[4hI\x1b[4l\x1b[b\x1b[?1049hA\x1b8B\x1b[?1049lC\x1b8D'

export function emulatorOf({ columns = 20, rows = 6 }: Trip): Emulator {
  return new Emulator({ size: { columns, rows }, offset: 0, isExact: true, letters: LETTERS })
}

/** One record of output. */
export function output(bytes: Uint8Array, offset: number): Uint8Array {
  const fact = { kind: RECORD_KIND.stdout, timeUs: 0, payload: bytes, offset: byteOffset(offset) }
  return bytes.byteLength === 0 ? new Uint8Array(0) : encodeRecord(fact)
}

export interface Outcome {
  readonly whole: unknown
  readonly restored: unknown
  /** What the checkpoint was made of. */
  readonly bytes: string
}

/** @param cut how many bytes come before the checkpoint */
export function trip(input: Uint8Array, cut: number, options: Trip = {}): Outcome {
  const emulator = emulatorOf(options)
  emulator.feed(output(input.subarray(0, cut), 0))
  const checkpoint = emulator.checkpoint()
  emulator.close()
  const rest = input.subarray(checkpoint.offset)
  const { columns, rows } = checkpoint
  const whole = createXterm(columns, rows)
  const restored = createXterm(columns, rows)
  write(whole, input.subarray(0, checkpoint.offset))
  write(restored, checkpoint.bytes)
  const before = [stateOf(whole, 1000), stateOf(restored, 1000)]
  write(whole, rest)
  write(restored, rest)
  const after = [stateOf(whole, 1000), stateOf(restored, 1000)]
  write(whole, new TextEncoder().encode(PROBE))
  write(restored, new TextEncoder().encode(PROBE))
  const probed = [stateOf(whole, 1000), stateOf(restored, 1000)]
  whole.terminal.dispose()
  restored.terminal.dispose()
  return {
    whole: [before[0], after[0], probed[0]],
    restored: [before[1], after[1], probed[1]],
    bytes: new TextDecoder().decode(checkpoint.bytes),
  }
}

function write({ core }: Xterm, bytes: Uint8Array): void {
  core._inputHandler.parse(bytes)
}
