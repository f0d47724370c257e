// A viewer's connection as the session room sees it, with a socket that can be made slow.

import {
  decodeFrame,
  decodeRecords,
  type AttachmentId,
  type LogRecord,
  type NotificationName,
  type NotificationParams,
} from '@limpet/protocol'
import type { ViewerConnection } from '../../src/session/index.ts'

export class FakeConnection implements ViewerConnection {
  canType = true
  name = 'test'
  bufferedBytes = 0
  readonly records: LogRecord[] = []
  readonly notifications: { method: NotificationName; params: unknown }[] = []
  readonly expelled: { id: AttachmentId; reason: string }[] = []

  sendBinary(...parts: readonly Uint8Array[]): boolean {
    const frame = decodeFrame(Buffer.concat(parts))
    if (frame.kind === 'data') this.records.push(...decodeRecords(frame.records).records)
    return true
  }

  notify<N extends NotificationName>(method: N, params: NotificationParams<N>): void {
    this.notifications.push({ method, params })
  }

  expel(id: AttachmentId, reason: 'superseded' | 'removed'): void {
    this.expelled.push({ id, reason })
  }

  get text(): string {
    return this.records.map((record) => Buffer.from(record.payload).toString()).join('')
  }
}
