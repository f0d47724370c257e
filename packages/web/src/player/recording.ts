// Owns what is played: the records of a session that are seen or timed, in order, held in memory while the player is
// open. Before: the SDK's history; after: timeline.ts, playback.ts, found-text.ts and the exports.

import type { Limpet, OutputRecord } from '@limpet/client'
import type { SessionInfo, TerminalSize } from '@limpet/protocol'

/** What the log holds: a checkpoint is on the wire only. */
export type LogRecord = Exclude<OutputRecord, { readonly type: 'checkpoint' }>

const NO_SIZE: TerminalSize = { columns: 160, rows: 24 }

export interface Recording {
  /** Everything that the log still has; never empty. */
  readonly records: readonly LogRecord[]
  /** The grid before the first record. */
  readonly size: TerminalSize
  readonly isTty: boolean
  /** Bytes of output in it. */
  readonly outputBytes: number
  /** Bytes of the log that are no longer kept. */
  readonly lostBytes: number
}

/** Told now and then while it is read. @param share 0 to 1 of the log */
export type HandleProgress = (share: number) => void

/**
 * Reads what the log holds at this moment.
 * @returns undefined when nothing was written yet
 */
export async function loadRecording(
  limpet: Limpet,
  session: SessionInfo,
  handleProgress: HandleProgress,
  signal: AbortSignal,
): Promise<Recording | undefined> {
  const records: LogRecord[] = []
  const { keptFrom, end } = session
  let told = keptFrom + PROGRESS_BYTES
  for await (const record of limpet.history(session.id)) {
    signal.throwIfAborted()
    if (record.type !== 'checkpoint') records.push(record)
    if (record.end < told) continue
    told = record.end + PROGRESS_BYTES
    handleProgress(Math.min(1, (record.end - keptFrom) / Math.max(1, end - keptFrom)))
  }
  return records.length === 0 ? undefined : recordingOf(records, session.terminal)
}

const PROGRESS_BYTES = 1_000_000

/** @param present the session's size now; before its first change it was another one */
export function recordingOf(
  records: readonly LogRecord[],
  present: TerminalSize | undefined,
): Recording {
  const first = records.find((record) => record.type === 'resize')
  let outputBytes = 0
  let lostBytes = 0
  for (const record of records) {
    if (record.type === 'output') outputBytes += record.bytes.byteLength
    else if (record.type === 'gap') lostBytes += record.gap.to - record.gap.from
  }
  // The log does not say the size at its beginning: that of the first change comes nearest.
  const size = first?.type === 'resize' ? first.size : (present ?? NO_SIZE)
  return { records, size, isTty: present !== undefined, outputBytes, lostBytes }
}
