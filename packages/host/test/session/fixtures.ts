// Attachments over a real memory log, with a clock that tests move.

import {
  attachmentId,
  clientIdFrom,
  DEFAULT_WINDOW_BYTES,
  type TerminalSize,
} from '@limpet/protocol'
import type { Clock } from '../../src/base/clock.ts'
import type { MemoryLog } from '../../src/log/index.ts'
import { Attachment } from '../../src/session/index.ts'
import { FakeConnection } from './fake-connection.ts'

export class ManualClock implements Clock {
  ms = 1_000_000
  nowUs(): number {
    return this.ms * 1000
  }
  nowMs(): number {
    return this.ms
  }
  monotonicMs(): number {
    return this.ms
  }
}

export interface Viewer {
  readonly attachment: Attachment
  readonly connection: FakeConnection
}

export function viewerOf(options: {
  log: MemoryLog
  clock: Clock
  number: number
  from?: number
  windowBytes?: number
  answers?: boolean
  size?: TerminalSize
  liveFrom?: number
}): Viewer {
  const connection = new FakeConnection()
  const attachment = new Attachment({
    id: attachmentId(options.number),
    viewer: `v${options.number}`,
    client: clientIdFrom(new Uint8Array(16).fill(options.number)),
    connection,
    log: options.log,
    clock: options.clock,
    from: options.from ?? 0,
    windowBytes: options.windowBytes ?? DEFAULT_WINDOW_BYTES,
    answers: options.answers ?? false,
    ...(options.size && { size: options.size }),
    ...(options.liveFrom && { liveFrom: options.liveFrom }),
  })
  return { attachment, connection }
}
