// Owns a Channel over one WebSocket of a client. Before: the socket; after: a dialect. A slow client shows as
// `send…` answering false; a slow host pauses it, and the kernel stops the client.

import type { Duplex } from 'node:stream'
import { ERRORS, type Channel, type ChannelClosed, type ChannelHandlers } from '@limpet/protocol'
import type { RawData, WebSocket } from 'ws'
import { MAX_CLIENT_BACKLOG_BYTES } from '../limits.ts'

export class WebSocketChannel implements Channel {
  readonly #webSocket: WebSocket
  readonly #socket: Duplex
  #handlers: ChannelHandlers | undefined
  #closed: ChannelClosed | undefined
  #isPaused = false
  #isSlow = false
  #hasHeard = true

  /** @param socket under the WebSocket, for its 'drain', which ws does not pass on */
  constructor(webSocket: WebSocket, socket: Duplex) {
    this.#webSocket = webSocket
    this.#socket = socket
    // Nothing is read before there is somebody to read it.
    webSocket.pause()
    webSocket.on('message', (data, isBinary) => this.#handleMessage(data, isBinary))
    webSocket.on('ping', () => (this.#hasHeard = true))
    webSocket.on('pong', () => (this.#hasHeard = true))
    webSocket.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString() }
      this.#handlers?.handleClosed(this.#closed)
    })
    // What was wrong is in the close code, and 'close' follows.
    webSocket.on('error', () => {})
    socket.on('drain', () => this.#handleDrain())
  }

  setHandlers(handlers: ChannelHandlers): void {
    this.#handlers = handlers
    const closed = this.#closed
    if (closed) queueMicrotask(() => handlers.handleClosed(closed))
    else if (!this.#isPaused) this.#webSocket.resume()
  }

  sendText(text: string): boolean {
    return this.#send(text)
  }

  /** One part goes out as it is and must not change until it has left; several are joined, which copies them. */
  sendBinary(...parts: readonly Uint8Array[]): boolean {
    const [only] = parts
    return this.#send(parts.length === 1 && only ? only : Buffer.concat(parts))
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount
  }

  pause(): void {
    this.#isPaused = true
    this.#webSocket.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (this.#handlers) this.#webSocket.resume()
  }

  close(code = 1000, reason = ''): void {
    // A paused socket would never see the client's answer to the close.
    this.#webSocket.resume()
    this.#webSocket.close(code, cutToBytes(reason, MAX_REASON_BYTES))
  }

  /** Hangs up without a word. */
  terminate(): void {
    this.#webSocket.terminate()
  }

  /**
   * Asks for a sign of life. @returns false when nothing came since the last time. While it is paused by us the
   * client cannot be heard, so it counts as alive.
   */
  checkAlive(): boolean {
    const isAlive = this.#hasHeard || this.#isPaused
    this.#hasHeard = false
    if (isAlive && this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.ping()
    return isAlive
  }

  #send(data: string | Uint8Array): boolean {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return true
    this.#webSocket.send(data, () => {}) // a failed send is followed by 'close'
    if (this.#webSocket.bufferedAmount > MAX_CLIENT_BACKLOG_BYTES) {
      this.close(ERRORS.QUEUE_FULL.close, 'QUEUE_FULL')
    }
    this.#isSlow = this.#socket.writableNeedDrain
    return !this.#isSlow
  }

  #handleMessage(data: RawData, isBinary: boolean): void {
    this.#hasHeard = true
    if (!Buffer.isBuffer(data)) return // only other binaryTypes than ours give lists or ArrayBuffers
    if (isBinary) this.#handlers?.handleBinary(data)
    else this.#handlers?.handleText(data.toString())
  }

  #handleDrain(): void {
    if (!this.#isSlow) return
    this.#isSlow = false
    this.#handlers?.handleDrained?.()
  }
}

/** RFC 6455 §5.5: a control frame holds 125 bytes, two of them the code. */
const MAX_REASON_BYTES = 123

/** Longer reasons would make ws throw; a character is not cut in half. */
function cutToBytes(text: string, bytes: number): string {
  let cut = text.slice(0, bytes)
  while (Buffer.byteLength(cut) > bytes) cut = cut.slice(0, -1)
  return cut
}
