// Owns reading a log from one place to another, and then letting go. Before: a handle of the session, made
// when the first record is asked for; after: the user's loop.

import { byteOffset } from '@limpet/protocol'
import type { OutputRecord } from './output-record.ts'
import type { Session } from './session.ts'

export interface HistoryOptions {
  /** Offset of the first byte, or the oldest one that is kept. @default "start" */
  readonly from?: 'start' | number
  /** Offset behind the last byte. @default the end of the log, with the exit record of an ended session */
  readonly to?: number
}

/** @param attach makes the handle that is read from and let go of */
export async function* history(
  attach: (from: 'start' | number) => Promise<Session>,
  options: HistoryOptions,
): AsyncGenerator<OutputRecord, void> {
  const { from = 'start', to = Infinity } = options
  const session = await attach(from)
  try {
    // What is known of the session changes with a reconnection; where this history ends does not.
    const { session: known, offset } = session.attached
    const end = Math.min(to, known.end)
    if ((from === 'start' ? offset : from) >= end) return
    for await (const record of session.output) {
      const wanted = record.end <= end ? record : before(record, end)
      if (wanted) yield wanted
      if (record.end >= end) return
    }
  } finally {
    await session.detach()
  }
}

/** What of a record lies before the end; a part of a fact says nothing. */
function before(record: OutputRecord, end: number): OutputRecord | undefined {
  const cut = byteOffset(end)
  if (record.type === 'output') {
    return { ...record, bytes: record.bytes.subarray(0, end - record.offset), end: cut }
  }
  if (record.type !== 'gap' || record.offset >= end) return undefined
  return { ...record, gap: { from: record.gap.from, to: cut }, end: cut }
}
