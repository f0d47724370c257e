// A socket by hand: frames come when the test says, several in one turn, and leave when it says.

import { decodeFrame, type Channel, type ChannelHandlers } from '@limpet/protocol'
import { LINK_BUFFER_BYTES } from '../../src/session/limits.ts'

export class HandChannel implements Channel {
  handlers: ChannelHandlers | undefined
  bufferedBytes = 0
  closedWith: number | undefined
  /** What was sent, in order: control messages decoded, data as `{data: attachment}`. */
  readonly sent: Record<string, unknown>[] = []
  setHandlers(handlers: ChannelHandlers): void {
    this.handlers = handlers
  }
  sendText(text: string): boolean {
    const message: unknown = JSON.parse(text)
    this.sent.push(message as Record<string, unknown>) // control messages are objects
    return true
  }
  sendBinary(...parts: readonly Uint8Array[]): boolean {
    const bytes = Buffer.concat(parts)
    this.bufferedBytes += bytes.length
    const frame = decodeFrame(bytes)
    if (frame.kind === 'data') this.sent.push({ data: frame.attachment })
    return this.bufferedBytes < LINK_BUFFER_BYTES
  }
  drain(): void {
    this.bufferedBytes = 0
    this.handlers?.handleDrained?.()
  }
  pause(): void {}
  resume(): void {}
  close(code = 1000, reason = ''): void {
    this.closedWith ??= code
    this.handlers?.handleClosed({ code, reason })
  }
  ask(id: number, method: string, params: object): void {
    this.handlers?.handleText(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
  }
}
