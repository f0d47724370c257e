// Owns how ids, offsets and sizes look inside messages: the shapes every other table is built from.

import {
  attachmentId,
  byteOffset,
  inputSequence,
  parseClientId,
  parseSessionId,
  type AttachmentId,
  type ByteOffset,
  type ClientId,
  type InputSequence,
  type SessionId,
} from './ids.ts'
import { MAX_TERMINAL_CELLS } from './limits.ts'
import { integer, object, parsed, text, type Shape } from './shape.ts'

export const sessionIdShape: Shape<SessionId> = parsed('session id', (value) =>
  typeof value === 'string' ? parseSessionId(value) : undefined,
)

export const clientIdShape: Shape<ClientId> = parsed('client id, 32 hex digits', (value) =>
  typeof value === 'string' ? parseClientId(value) : undefined,
)

export const attachmentIdShape: Shape<AttachmentId> = parsed(
  'attachment id, 0 to 2^32−1',
  (value) => (isInteger(value, 0xffff_ffff) ? attachmentId(value) : undefined),
)

export const offsetShape: Shape<ByteOffset> = parsed('offset in bytes', (value) =>
  isInteger(value, Number.MAX_SAFE_INTEGER) ? byteOffset(value) : undefined,
)

export const sequenceShape: Shape<InputSequence> = parsed('input sequence', (value) =>
  isInteger(value, Number.MAX_SAFE_INTEGER) ? inputSequence(value) : undefined,
)

/** A viewer's name in markers, unique on its host: "v3". */
export const viewerIdShape: Shape<string> = text({ min: 1, max: 32 })

/** Stands in markers for the host itself, where a viewer's name may stand. */
export const HOST_RESPONDER = 'host'

/** A terminal's size in character cells. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

export const columnsShape: Shape<number> = integer(1, MAX_TERMINAL_CELLS)
export const rowsShape: Shape<number> = integer(1, MAX_TERMINAL_CELLS)
export const terminalSizeShape: Shape<TerminalSize> = object({
  columns: columnsShape,
  rows: rowsShape,
})

function isInteger(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max
}
