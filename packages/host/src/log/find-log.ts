// Owns the finding of a log whose host is gone: which files there are, and where the last whole record ends.
// A torn tail is cut off [LOG-7].

import { join } from 'node:path'
import { viewOf, type RecordHeader } from '@limpet/protocol'
import { READ_BYTES } from './limits.ts'
import type { LogFiles } from './log-files.ts'
import type { LogLayout } from './log-layout.ts'
import { offsetOfName } from './segment.ts'
import { walk } from './walk.ts'

export interface LastRecord {
  readonly kind: number
  readonly timeUs: number
  readonly payload: Uint8Array
}

export interface FoundLog {
  readonly layout: LogLayout
  readonly last: LastRecord | undefined
  /** Bytes of a torn tail that were cut off. */
  readonly cutBytes: number
}

/** @throws the system's error when the directory or the newest file cannot be read */
export async function findLog(files: LogFiles, directory: string): Promise<FoundLog> {
  const found = (await files.list(directory)) ?? []
  const segments = found
    .flatMap(({ name, bytes }) => {
      const from = offsetOfName(name)
      return from === undefined ? [] : [{ name, from, bytes }]
    })
    .toSorted((left, right) => left.from - right.from)
  let cutBytes = 0
  for (let newest = segments.pop(); newest; newest = segments.pop()) {
    const path = join(directory, newest.name)
    const { position, offset, last } = await findEnd(files, path, newest.from)
    cutBytes += newest.bytes - position
    if (position === 0) {
      await files.remove(path)
      continue
    }
    if (position < newest.bytes) await files.truncate(path, position)
    const whole = [...segments, { ...newest, bytes: position }]
    const layout = { end: offset, segments: whole.map(({ from, bytes }) => [from, bytes] as const) }
    return { layout, last, cutBytes }
  }
  return { layout: { end: 0, segments: [] }, last: undefined, cutBytes }
}

/** Walks through a whole file, a piece at a time. */
async function findEnd(
  files: LogFiles,
  path: string,
  from: number,
): Promise<{ position: number; offset: number; last: LastRecord | undefined }> {
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  let position = 0
  let offset = from
  let last: LastRecord | undefined
  for (;;) {
    const bytes = buffer.subarray(0, await files.read(path, position, buffer))
    let header: RecordHeader | undefined
    const edge = walk(viewOf(bytes), { position: 0, offset }, undefined, (one) => (header = one))
    if (edge.position === 0) return { position, offset, last }
    const payload = bytes.subarray(edge.position - (header?.payloadBytes ?? 0), edge.position)
    // A copy: the buffer is read into again.
    last = {
      kind: header?.kind ?? 0,
      timeUs: header?.timeUs ?? 0,
      payload: Uint8Array.from(payload),
    }
    position += edge.position
    offset = edge.offset
  }
}
