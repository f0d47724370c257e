// Owns reading a part of a session's log for one answer: a viewer on a link of its own, which leaves as soon as there
// is enough. Before: the handler of the route; after: the host.

import { randomBytes } from 'node:crypto'
import {
  attachmentId,
  byteOffset,
  clientIdFrom,
  decodeFrame,
  encodeNotification,
  LimpetError,
  MAX_RECORD_PAYLOAD_BYTES,
  MAX_WINDOW_BYTES,
  MIN_WINDOW_BYTES,
  type Attached,
  type AttachmentId,
  type Channel,
  type SessionId,
  type SessionInfo,
} from '@limpet/protocol'
import { LinkClient } from '../link-client.ts'
import { REST_READ_DEADLINE_MS } from '../limits.ts'
import { OutputPart } from './output-part.ts'
import type { OutputQuery } from './output-query.ts'

/** The only one on its link. */
const ATTACHMENT: AttachmentId = attachmentId(1)

export interface ReadOutputOptions {
  /** Confined to the reader's rights. Closed in the end. */
  readonly channel: Channel
  readonly session: SessionId
  readonly query: OutputQuery
  /** Ends it early: the client is gone, its login is, or the server stops. */
  readonly signal: AbortSignal
}

export interface OutputAnswer {
  readonly part: OutputPart
  readonly state: SessionInfo['state']
}

/** @throws LimpetError SESSION_NOT_FOUND, OFFSET_OUT_OF_RANGE, HOST_UNREACHABLE; the signal's reason */
export async function readOutput(options: ReadOutputOptions): Promise<OutputAnswer> {
  const { channel, session, query, signal } = options
  const part = new OutputPart(query)
  let handleMore = (): void => {}
  let handleLost = (_reason: unknown): void => {}
  const lost = new Promise<never>((_resolve, reject) => (handleLost = reject))
  lost.catch(() => {}) // also when nobody waits any more
  const client = new LinkClient(channel, {
    handleBinary: (bytes) => {
      const frame = decodeFrame(bytes)
      if (frame.kind !== 'data') return
      part.add(frame.records)
      if (!part.isComplete) acknowledge(channel, part.next)
      handleMore()
    },
    handleClosed: () => handleLost(new LimpetError('HOST_UNREACHABLE', 'The host has gone.')),
  })
  const abort = (): void => handleLost(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  try {
    const attached = await Promise.race([attach(client, session, query), lost])
    part.expect(attached.session.end)
    const complete = new Promise<void>((resolve) => {
      handleMore = () => {
        if (part.isComplete) resolve()
      }
      handleMore()
    })
    await Promise.race([lost, waiting(complete, waitMsFor(query, attached))])
    return { part, state: part.hasExit ? 'ended' : attached.session.state }
  } finally {
    signal.removeEventListener('abort', abort)
    client.close()
  }
}

async function attach(
  client: LinkClient,
  session: SessionId,
  { from, limitBytes }: OutputQuery,
): Promise<Attached> {
  return client.request('session.attach', {
    session,
    from: byteOffset(from),
    view: {
      attachment: ATTACHMENT,
      client: clientIdFrom(randomBytes(16)),
      // The host sends whole records only: one more fits in, so that it never waits for us below the limit.
      windowBytes: Math.min(
        Math.max(limitBytes + MAX_RECORD_PAYLOAD_BYTES, MIN_WINDOW_BYTES),
        MAX_WINDOW_BYTES,
      ),
    },
  })
}

function acknowledge(channel: Channel, offset: number): void {
  const params = { attachment: ATTACHMENT, offset: byteOffset(offset) }
  channel.sendText(encodeNotification('session.acknowledge', params))
}

/** What is there takes no time worth naming; what is not there yet is waited for as long as was asked. */
function waitMsFor({ from, waitMs }: OutputQuery, { session }: Attached): number {
  if (from < session.end) return REST_READ_DEADLINE_MS
  return session.state === 'running' ? waitMs : 0
}

async function waiting(complete: Promise<void>, forMs: number): Promise<void> {
  if (forMs === 0) return
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, forMs)))
  try {
    await Promise.race([complete, late])
  } finally {
    clearTimeout(timer)
  }
}
