// Owns binary frames. Unknown kinds are ignored, so that newer peers can add some.
//
//   data        | 1 u8 | attachment u32 | records …
//   input       | 2 u8 | attachment u32 | flags u8 | sequence u64 | bytes …
//   checkpoint  | 3 u8 | attachment u32 | flags u8 | columns u16 | rows u16 | offset u64 | VT bytes
//
// Hot path: headers are written by the sender, payloads are views; nothing is copied here but input.

import { LimpetError } from './errors.ts'
import {
  attachmentId,
  byteOffset,
  inputSequence,
  type AttachmentId,
  type ByteOffset,
  type InputSequence,
} from './ids.ts'
import { MAX_CHECKPOINT_BYTES, MAX_INPUT_PAYLOAD_BYTES, MAX_TERMINAL_CELLS } from './limits.ts'
import { readUint64, viewOf, writeUint64 } from './record.ts'

export const FRAME_KIND = { data: 1, input: 2, checkpoint: 3 } as const

export const DATA_HEADER_BYTES = 5
export const INPUT_HEADER_BYTES = 14
export const CHECKPOINT_HEADER_BYTES = 18

/** Input flag: the bytes are a terminal's answer to a query, not something typed. */
const INPUT_IS_ANSWER = 1
/** Input flag: nothing follows; the process's input ends after these bytes. */
const INPUT_IS_LAST = 2

/** Checkpoint flag: the screen is what the log says; without it, output was skipped before. */
const CHECKPOINT_IS_EXACT = 1

/** A terminal's state at an offset: what the bytes before it have made of a terminal. */
export interface Checkpoint {
  /** The next byte of the log after what is shown. */
  readonly offset: ByteOffset
  readonly columns: number
  readonly rows: number
  /** False: output was skipped, so the state may be incomplete until the program redraws. */
  readonly isExact: boolean
  /** Written to a fresh terminal of this size, they make the state; at most MAX_CHECKPOINT_BYTES. */
  readonly bytes: Uint8Array
}

export interface InputFrame {
  readonly kind: 'input'
  readonly attachment: AttachmentId
  readonly isAnswer: boolean
  readonly isLast: boolean
  readonly sequence: InputSequence
  readonly bytes: Uint8Array
}

export type Frame =
  | { readonly kind: 'data'; readonly attachment: AttachmentId; readonly records: Uint8Array }
  | InputFrame
  | {
      readonly kind: 'checkpoint'
      readonly attachment: AttachmentId
      readonly checkpoint: Checkpoint
    }
  | { readonly kind: 'unknown' }

/** The first bytes of a data frame; whole records follow. */
export function dataFrameHeader(attachment: AttachmentId): Uint8Array {
  const bytes = new Uint8Array(DATA_HEADER_BYTES)
  bytes[0] = FRAME_KIND.data
  viewOf(bytes).setUint32(1, attachment)
  return bytes
}

export function encodeInputFrame(frame: Omit<InputFrame, 'kind'>): Uint8Array {
  const bytes = new Uint8Array(INPUT_HEADER_BYTES + frame.bytes.byteLength)
  const view = viewOf(bytes)
  bytes[0] = FRAME_KIND.input
  view.setUint32(1, frame.attachment)
  bytes[5] = (frame.isAnswer ? INPUT_IS_ANSWER : 0) | (frame.isLast ? INPUT_IS_LAST : 0)
  writeUint64(view, 6, frame.sequence)
  bytes.set(frame.bytes, INPUT_HEADER_BYTES) // the copy that lets callers reuse their buffer
  return bytes
}

/** The first bytes of a checkpoint frame; the checkpoint's own bytes follow. */
export function checkpointFrameHeader(
  attachment: AttachmentId,
  checkpoint: Omit<Checkpoint, 'bytes'>,
): Uint8Array {
  const bytes = new Uint8Array(CHECKPOINT_HEADER_BYTES)
  const view = viewOf(bytes)
  bytes[0] = FRAME_KIND.checkpoint
  view.setUint32(1, attachment)
  bytes[5] = checkpoint.isExact ? CHECKPOINT_IS_EXACT : 0
  view.setUint16(6, checkpoint.columns)
  view.setUint16(8, checkpoint.rows)
  writeUint64(view, 10, checkpoint.offset)
  return bytes
}

/** @throws LimpetError MESSAGE_MALFORMED for a short or impossible frame of a known kind */
export function decodeFrame(bytes: Uint8Array): Frame {
  switch (bytes[0]) {
    case FRAME_KIND.data:
      requireBytes(bytes, DATA_HEADER_BYTES, 'data')
      return {
        kind: 'data',
        attachment: attachmentId(viewOf(bytes).getUint32(1)),
        records: bytes.subarray(DATA_HEADER_BYTES),
      }
    case FRAME_KIND.input:
      return decodeInput(bytes)
    case FRAME_KIND.checkpoint:
      return decodeCheckpoint(bytes)
    case undefined:
      throw new LimpetError('MESSAGE_MALFORMED', 'A binary frame is empty.')
    default:
      return { kind: 'unknown' }
  }
}

function decodeInput(bytes: Uint8Array): InputFrame {
  requireBytes(bytes, INPUT_HEADER_BYTES, 'input')
  const view = viewOf(bytes)
  const flags = view.getUint8(5)
  const sequence = readUint64(view, 6)
  const payload = bytes.subarray(INPUT_HEADER_BYTES)
  const isLast = (flags & INPUT_IS_LAST) !== 0
  if (!Number.isSafeInteger(sequence) || sequence < 1) {
    throw new LimpetError('MESSAGE_MALFORMED', 'An input frame has a sequence outside 1 to 2^53−1.')
  }
  if (payload.byteLength > MAX_INPUT_PAYLOAD_BYTES || (payload.byteLength === 0 && !isLast)) {
    throw new LimpetError(
      'MESSAGE_MALFORMED',
      `An input frame has ${payload.byteLength} bytes; 1 to ${MAX_INPUT_PAYLOAD_BYTES} are possible.`,
      { details: { bytes: payload.byteLength, limitBytes: MAX_INPUT_PAYLOAD_BYTES } },
    )
  }
  return {
    kind: 'input',
    attachment: attachmentId(view.getUint32(1)),
    isAnswer: (flags & INPUT_IS_ANSWER) !== 0,
    isLast,
    sequence: inputSequence(sequence),
    bytes: payload,
  }
}

function decodeCheckpoint(bytes: Uint8Array): Frame {
  requireBytes(bytes, CHECKPOINT_HEADER_BYTES, 'checkpoint')
  const view = viewOf(bytes)
  const columns = view.getUint16(6)
  const rows = view.getUint16(8)
  const offset = readUint64(view, 10)
  const payload = bytes.subarray(CHECKPOINT_HEADER_BYTES)
  const isPossible =
    [columns, rows].every((cells) => cells >= 1 && cells <= MAX_TERMINAL_CELLS) &&
    Number.isSafeInteger(offset) &&
    payload.byteLength <= MAX_CHECKPOINT_BYTES
  if (!isPossible) {
    throw new LimpetError(
      'MESSAGE_MALFORMED',
      `A checkpoint of ${columns} × ${rows} cells and ${payload.byteLength} bytes at ${offset} is impossible.`,
      { details: { columns, rows, offset, bytes: payload.byteLength } },
    )
  }
  const isExact = ((bytes[5] ?? 0) & CHECKPOINT_IS_EXACT) !== 0
  const checkpoint = { offset: byteOffset(offset), columns, rows, isExact, bytes: payload }
  return { kind: 'checkpoint', attachment: attachmentId(view.getUint32(1)), checkpoint }
}

function requireBytes(bytes: Uint8Array, least: number, kind: string): void {
  if (bytes.byteLength >= least) return
  throw new LimpetError(
    'MESSAGE_MALFORMED',
    `A ${kind} frame has ${bytes.byteLength} bytes; its header alone takes ${least}.`,
    { details: { bytes: bytes.byteLength, leastBytes: least } },
  )
}
