// Owns the records that carry a fact instead of output: resize, marker, exit, gap. Their payload is JSON.

import { LimpetError } from './errors.ts'
import type { ByteOffset } from './ids.ts'
import { RECORD_KIND, type LogRecord } from './record.ts'
import { exitStatusShape, type ExitStatus } from './session-info.ts'
import { either, flag, nullable, object, oneOf, text, type Infer, type Shape } from './shape.ts'
import {
  offsetShape,
  terminalSizeShape,
  viewerIdShape,
  type TerminalSize,
} from './shapes-of-ids.ts'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

/**
 * From this place on, `viewer` answers the terminal's queries: a viewer, "host", or null for nobody. `from`: the
 * one before it may not have answered queries at or after this offset, so the new one answers those it swallowed.
 */
const responderMarker = object({
  type: oneOf(['responder']),
  viewer: nullable(text({ max: 32 })),
  from: offsetShape,
})

/** The process ended, a surviving child still holds the stream; what it writes from here on is discarded. */
const discardedMarker = object({
  type: oneOf(['output-discarded']),
  stream: oneOf(['stdout', 'stderr']),
})

/** From this place on, only this viewer may type; null: all who may. */
const controlMarker = object({ type: oneOf(['control']), viewer: nullable(viewerIdShape) })

/** From this place on, the log is written to disk, or it no longer is: why, for people [LOG-6]. */
const logMarker = object({ type: oneOf(['log']), isDurable: flag(), reason: text({ max: 500 }) })

const markerShape = either(
  either(responderMarker, discardedMarker),
  either(controlMarker, logMarker),
)
const gapShape = object({ from: offsetShape, to: offsetShape })

export type Marker = Infer<typeof markerShape>
/** Bytes `from` (included) to `to` (excluded) are no longer kept. */
export interface Gap {
  readonly from: ByteOffset
  readonly to: ByteOffset
}

/** What a record says, decoded. */
export type Fact =
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly type: 'resize'; readonly size: TerminalSize }
  | { readonly type: 'marker'; readonly marker: Marker }
  | { readonly type: 'exit'; readonly exit: ExitStatus }
  | { readonly type: 'gap'; readonly gap: Gap }
  | { readonly type: 'unknown'; readonly kind: number }

export function encodeFact(fact: TerminalSize | Marker | ExitStatus | Gap): Uint8Array {
  return encodeUtf8(JSON.stringify(fact))
}

/**
 * Decodes the meaning of a record. Records of kinds, or markers of types, that this build does not know,
 * and facts whose head is missing, are `unknown`.
 * @throws LimpetError MESSAGE_MALFORMED when a fact is not what its kind promises
 */
export function factOf(record: LogRecord): Fact {
  switch (record.kind) {
    case RECORD_KIND.stdout:
      return { type: 'output', stream: 'stdout', bytes: record.payload }
    case RECORD_KIND.stderr:
      return { type: 'output', stream: 'stderr', bytes: record.payload }
    case RECORD_KIND.resize:
      return record.isContinued
        ? unknown(record)
        : { type: 'resize', size: decodeFact(record, terminalSizeShape) }
    case RECORD_KIND.exit:
      return record.isContinued
        ? unknown(record)
        : { type: 'exit', exit: decodeFact(record, exitStatusShape) }
    case RECORD_KIND.gap:
      return gapOf(record)
    case RECORD_KIND.marker:
      return markerOf(record)
    default:
      return unknown(record)
  }
}

function markerOf(record: LogRecord): Fact {
  if (record.isContinued) return unknown(record)
  try {
    return { type: 'marker', marker: markerShape.decode(parse(record), 'marker') }
  } catch (error) {
    // A newer host may know more markers; they are facts to skip, not faults.
    if (error instanceof LimpetError && error.code === 'PARAMETERS_INVALID') return unknown(record)
    throw error
  }
}

function unknown(record: LogRecord): Fact {
  return { type: 'unknown', kind: record.kind }
}

function gapOf(record: LogRecord): Fact {
  const gap = decodeFact(record, gapShape)
  if (gap.from < gap.to) return { type: 'gap', gap }
  throw new LimpetError('MESSAGE_MALFORMED', `A gap goes from ${gap.from} to ${gap.to}.`, {
    details: gap,
  })
}

function decodeFact<T>(record: LogRecord, shape: Shape<T>): T {
  const value = parse(record)
  try {
    return shape.decode(value, 'record')
  } catch (cause) {
    const what = `A record of kind ${record.kind} does not hold its fact.`
    throw new LimpetError('MESSAGE_MALFORMED', what, { cause })
  }
}

function parse(record: LogRecord): unknown {
  try {
    return JSON.parse(decodeUtf8(record.payload))
  } catch (cause) {
    throw new LimpetError('MESSAGE_MALFORMED', `A record of kind ${record.kind} is not JSON.`, {
      cause,
    })
  }
}
