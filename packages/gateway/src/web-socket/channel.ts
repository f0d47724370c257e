// Owns a Channel over one WebSocket of a client. Before: the socket; after: a dialect. A slow client shows as
// `send…` answering false; a slow host pauses it, and the kernel stops the client.

import type { Duplex } from 'node:stream'
import {
  ERRORS,
  LimpetError,
  MAX_FRAME_BYTES,
  type Channel,
  type ChannelClosed,
  type ChannelHandlers,
} from '@limpet/protocol'
import type { RawData, WebSocket } from 'ws'
import { CLIENT_HIGH_WATER_BYTES, MAX_CLIENT_BACKLOG_BYTES } from '../limits.ts'
import type { FramePool } from './frame-pool.ts'

/** RFC 6455 §5.5: a control frame holds 125 bytes, two of them the code. */
const MAX_REASON_BYTES = 123

/** ws: a message above `maxPayload` (https://github.com/websockets/ws/blob/master/doc/ws.md#error-codes). */
const OVERSIZE_OF_WS = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'

export class WebSocketChannel implements Channel {
  readonly #webSocket: WebSocket
  readonly #socket: Duplex
  readonly #pool: FramePool
  #handlers: ChannelHandlers | undefined
  #closed: ChannelClosed | undefined
  /** What was wrong with what came, when that ends it: ws says only that it hung up. */
  #fault: ChannelClosed | undefined
  #isClosing = false
  #isPaused = false
  #isSlow = false
  #isGathering = false
  #hasHeard = true

  /** @param socket under the WebSocket, for its 'drain', which ws does not pass on */
  constructor(webSocket: WebSocket, socket: Duplex, pool: FramePool) {
    this.#webSocket = webSocket
    this.#socket = socket
    this.#pool = pool
    // Nothing is read before there is somebody to read it.
    webSocket.pause()
    webSocket.on('message', (data, isBinary) => this.#handleMessage(data, isBinary))
    webSocket.on('ping', () => (this.#hasHeard = true))
    webSocket.on('pong', () => (this.#hasHeard = true))
    webSocket.on('error', (error) => this.#handleError(error))
    webSocket.on('close', (code, reason) => this.#handleClose(code, reason.toString()))
    socket.on('drain', () => this.#handleDrain())
  }

  setHandlers(handlers: ChannelHandlers): void {
    this.#handlers = handlers
    const closed = this.#closed
    if (closed) queueMicrotask(() => handlers.handleClosed(closed))
    else if (!this.#isPaused) this.#webSocket.resume()
  }

  sendText(text: string): boolean {
    // At most three bytes to a UTF-16 unit: only long texts need counting.
    const isShort = text.length * 3 <= MAX_FRAME_BYTES
    return this.#send(text, isShort ? 0 : Buffer.byteLength(text))
  }

  sendBinary(...parts: readonly Uint8Array[]): boolean {
    const [only] = parts
    const frame = parts.length === 1 && only ? only : Buffer.concat(parts)
    if (!this.#isOpen()) return true
    // The copy that lets the caller's buffer be used again at once.
    const { bytes, release } = this.#pool.hold(frame)
    return this.#send(bytes, bytes.byteLength, release)
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
    if (this.#isClosing || this.#closed) return
    this.#isClosing = true
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
    if (isAlive && this.#isOpen()) this.#webSocket.ping()
    return isAlive
  }

  #isOpen(): boolean {
    return !this.#isClosing && this.#webSocket.readyState === this.#webSocket.OPEN
  }

  /** @param release called when the socket has done with the data, also when it failed: 'close' follows then */
  #send(data: string | Uint8Array, bytes: number, release: () => void = () => {}): boolean {
    if (!this.#isOpen()) return true
    if (bytes > MAX_FRAME_BYTES) throw oversized(bytes)
    this.#gather()
    this.#webSocket.send(data, release)
    if (this.#webSocket.bufferedAmount > MAX_CLIENT_BACKLOG_BYTES) {
      this.close(ERRORS.QUEUE_FULL.close, 'QUEUE_FULL')
    }
    // Above the socket's own mark, so that its 'drain' is sure to come; and slow until then.
    if (this.#socket.writableLength > CLIENT_HIGH_WATER_BYTES) this.#isSlow = true
    return !this.#isSlow
  }

  /** All that is sent in one turn leaves in one write: a read from the host holds several frames in a flood. */
  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.#socket.cork()
    process.nextTick(() => {
      this.#isGathering = false
      this.#socket.uncork()
    })
  }

  #handleMessage(data: RawData, isBinary: boolean): void {
    this.#hasHeard = true
    if (this.#isClosing || !Buffer.isBuffer(data)) return // only other binaryTypes than ours give lists
    if (isBinary) this.#handlers?.handleBinary(data)
    else this.#handlers?.handleText(data.toString())
  }

  #handleDrain(): void {
    if (!this.#isSlow) return
    this.#isSlow = false
    this.#handlers?.handleDrained?.()
  }

  #handleError(error: Error): void {
    if ('code' in error && error.code === OVERSIZE_OF_WS) {
      this.#fault = { code: ERRORS.FRAME_TOO_LARGE.close, reason: 'frame too large' }
    }
  }

  #handleClose(code: number, reason: string): void {
    this.#closed = this.#fault ?? { code, reason }
    this.#handlers?.handleClosed(this.#closed)
  }
}

/** Longer reasons would make ws throw; a character is not cut in half. */
function cutToBytes(text: string, bytes: number): string {
  let cut = text.slice(0, bytes)
  while (Buffer.byteLength(cut) > bytes) cut = cut.slice(0, -1)
  return cut
}

function oversized(bytes: number): LimpetError {
  return new LimpetError(
    'FRAME_TOO_LARGE',
    `A frame of ${bytes} bytes is to be sent; at most ${MAX_FRAME_BYTES} are allowed.`,
    { details: { bytes, limitBytes: MAX_FRAME_BYTES } },
  )
}
