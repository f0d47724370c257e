// Owns what a request for output asks: its query, checked once.

import { LimpetError } from '@limpet/protocol'
import { REST_DEFAULT_BYTES, REST_MOST_BYTES, REST_MOST_WAIT_MS } from '../limits.ts'

/** bytes: what the process wrote, and nothing else. records: all that the log holds, as on the wire. */
export type OutputFormat = 'bytes' | 'records'

export interface OutputQuery {
  /** Offset of the first byte that is wanted. */
  readonly from: number
  readonly limitBytes: number
  /** How long to wait when nothing is there. */
  readonly waitMs: number
  readonly format: OutputFormat
}

/** @throws LimpetError PARAMETERS_INVALID */
export function parseOutputQuery(query: string): OutputQuery {
  const params = new URLSearchParams(query)
  const format = params.get('format') ?? 'bytes'
  if (format !== 'bytes' && format !== 'records') {
    throw invalid('format', 'bytes or records', format)
  }
  return {
    from: integerIn(params, 'from', { least: 0, most: Number.MAX_SAFE_INTEGER, otherwise: 0 }),
    limitBytes: integerIn(params, 'limitBytes', {
      least: 1,
      most: REST_MOST_BYTES,
      otherwise: REST_DEFAULT_BYTES,
    }),
    waitMs: integerIn(params, 'waitMs', { least: 0, most: REST_MOST_WAIT_MS, otherwise: 0 }),
    format,
  }
}

function integerIn(
  params: URLSearchParams,
  name: string,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  const text = params.get(name)
  if (text === null) return otherwise
  const value = /^\d{1,16}$/.test(text) ? Number(text) : -1
  if (value >= least && value <= most) return value
  throw invalid(name, `a whole number from ${least} to ${most}`, text)
}

function invalid(parameter: string, expected: string, actual: string): LimpetError {
  const shown = JSON.stringify(actual.slice(0, 80))
  return new LimpetError(
    'PARAMETERS_INVALID',
    `${parameter}: expected ${expected}, got ${shown}.`,
    { details: { parameter, expected, actual: shown } },
  )
}
