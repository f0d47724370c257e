// Reads a session's log over a link by hand, to its end, acknowledging as it goes.

import {
  byteOffset,
  loggedBytes,
  RECORD_KIND,
  factOf,
  type LogRecord,
  type SessionId,
} from '@limpet/protocol'
import type { HostFixture, RawLink } from '@limpet/testkit'

const ACKNOWLEDGE_BYTES = 128 * 1024

/** What a viewer of a whole log received. */
export interface Received {
  readonly records: readonly LogRecord[]
  readonly gaps: readonly { readonly from: number; readonly to: number }[]
  /** Of stdout and stderr. */
  readonly output: Buffer
}

/** Acknowledges what comes for an attachment, so that more may. @returns a function that stops it */
export function acknowledgeAll(link: RawLink, attachment: number): () => void {
  let acknowledged = 0
  const look = (): void => {
    const end = link.endOf(attachment)
    if (end - acknowledged < ACKNOWLEDGE_BYTES) return
    acknowledged = end
    link.acknowledge(attachment, end)
  }
  link.socket.on('data', look)
  return () => link.socket.off('data', look)
}

/** Attaches from `from` and reads to what was the end then. @throws when offsets do not follow each other */
export async function readLog(
  host: HostFixture,
  link: RawLink,
  options: { readonly session: SessionId; readonly attachment: number; readonly from?: number },
): Promise<Received> {
  const { session, attachment, from = 0 } = options
  const stop = acknowledgeAll(link, attachment)
  const attached = await link.request('session.attach', {
    session,
    from: byteOffset(from),
    view: host.view(attachment),
  })
  const { end } = attached.session
  await link.until(`the log of ${session} to ${end}`, () => nextOf(link, attachment, from) >= end)
  stop()
  await link.request('session.detach', { attachment: host.view(attachment).attachment })
  return check(link.recordsOf(attachment), from)
}

/** Offset after the newest record; a gap counts as what it skips. */
function nextOf(link: RawLink, attachment: number, from: number): number {
  const last = link.recordsOf(attachment).at(-1)
  if (last === undefined) return from
  const fact = last.kind === RECORD_KIND.gap ? factOf(last) : undefined
  return fact?.type === 'gap' ? fact.gap.to : last.offset + loggedBytes(last)
}

/** @throws when a byte is missing without a gap, or there twice [LOG-2] */
export function check(records: readonly LogRecord[], from: number): Received {
  const gaps: { from: number; to: number }[] = []
  let next = from
  for (const record of records) {
    if (record.offset !== next) throw new Error(`a record at ${record.offset} instead of ${next}`)
    const fact = record.kind === RECORD_KIND.gap ? factOf(record) : undefined
    if (fact?.type === 'gap') gaps.push(fact.gap)
    next = fact?.type === 'gap' ? fact.gap.to : next + loggedBytes(record)
  }
  const output = records.filter(
    ({ kind }) => kind === RECORD_KIND.stdout || kind === RECORD_KIND.stderr,
  )
  return { records, gaps, output: Buffer.concat(output.map(({ payload }) => payload)) }
}
