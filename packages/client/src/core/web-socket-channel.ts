// Owns a Channel over a WebSocket, whoever made it: the browser's, or the `ws` library's (which has the same
// face, and can pause). Before: the network; after: a connection. A slow peer shows as `send…` answering
// false; a paused `ws` stops reading its socket, a browser's cannot, so what it reads waits here.

import {
  LimpetError,
  MAX_FRAME_BYTES,
  type Channel,
  type ChannelClosed,
  type ChannelHandlers,
} from '@limpet/protocol'
import { DRAIN_POLL_MS, SEND_HIGH_WATER_BYTES } from './limits.ts'
import type { Runtime } from './runtime.ts'
import { bytesOf, joined } from './text.ts'

/** WebSocket's readyState while it is open. */
const OPEN = 1

/** `ws`: a message above `maxPayload` (https://github.com/websockets/ws/blob/master/doc/ws.md#error-codes). */
const OVERSIZE_OF_WS = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'

/** What is used of a WebSocket (https://websockets.spec.whatwg.org/#the-websocket-interface). */
export interface WebSocketLike {
  readonly readyState: number
  readonly bufferedAmount: number
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: ChannelClosed) => void): void
  addEventListener(type: 'error', listener: (event: { readonly error?: unknown }) => void): void
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  /** Only where reading can be stopped. */
  pause?(): void
  resume?(): void
}

export class WebSocketChannel implements Channel {
  readonly #socket: WebSocketLike
  readonly #runtime: Runtime
  #handlers: ChannelHandlers | undefined
  #isPaused = false
  #isClosing = false
  #closed: ChannelClosed | undefined
  /** What was wrong with what came, when that ends it. */
  #fault: ChannelClosed | undefined
  #hasToldEnd = false
  /** What came while nobody was there, or while paused. */
  #held: (string | Uint8Array)[] = []
  #cancelPoll: (() => void) | undefined

  /** @param socket open, or about to open, giving binary messages as ArrayBuffer or Uint8Array; owned from here on */
  constructor(socket: WebSocketLike, runtime: Runtime) {
    this.#socket = socket
    this.#runtime = runtime
    socket.addEventListener('message', ({ data }) => {
      this.#handleMessage(data)
    })
    socket.addEventListener('close', ({ code, reason }) => {
      this.#handleClose(this.#fault ?? { code, reason })
    })
    // The close event follows; but `ws` says there only that it hung up, not that a frame was too large.
    socket.addEventListener('error', ({ error }) => {
      if (isOversize(error)) this.#fault = { code: 1009, reason: 'frame too large' }
    })
  }

  setHandlers(handlers: ChannelHandlers): void {
    this.#handlers = handlers
    this.#releaseSoon()
  }

  sendText(text: string): boolean {
    // At most three bytes to a UTF-16 unit: only long texts need counting.
    const isShort = text.length * 3 <= MAX_FRAME_BYTES
    return this.#send(text, isShort ? 0 : bytesOf(text).byteLength)
  }

  sendBinary(...parts: readonly Uint8Array[]): boolean {
    const [only] = parts
    // A message of a WebSocket is one piece: several parts cost a copy.
    const frame = only && parts.length === 1 ? only : joined(parts)
    return this.#send(frame, frame.byteLength)
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause?.()
  }

  resume(): void {
    this.#isPaused = false
    this.#socket.resume?.()
    this.#releaseSoon()
  }

  close(code = 1000, reason = ''): void {
    if (this.#isClosing || this.#closed) return
    this.#isClosing = true
    this.#held = []
    this.#cancelPoll?.()
    // A paused socket would never see the peer's goodbye.
    if (this.#isPaused) this.resume()
    try {
      // Browsers take 1000 and 3000 to 4999; a reason takes 123 bytes, which ASCII keeps.
      this.#socket.close(code, reason.replaceAll(/[^ -~]/g, '?').slice(0, 123))
    } catch {
      this.#socket.close() // a code of the protocol that this WebSocket may not send: the end matters more
    }
  }

  #send(data: string | Uint8Array, bytes: number): boolean {
    if (this.#isClosing || this.#socket.readyState !== OPEN) return true
    if (bytes > MAX_FRAME_BYTES) throw oversized(bytes)
    this.#socket.send(data as string | Uint8Array<ArrayBuffer>) // memory is never shared here
    if (this.#socket.bufferedAmount <= SEND_HIGH_WATER_BYTES) return true
    this.#cancelPoll ??= this.#pollDrained()
    return false
  }

  /** No WebSocket tells when it has drained; slow peers are rare, so looking costs little. */
  #pollDrained(): () => void {
    return this.#runtime.setTimer(() => {
      this.#cancelPoll = undefined
      if (this.#isClosing || this.#socket.readyState !== OPEN) return
      if (this.#socket.bufferedAmount > 0) this.#cancelPoll = this.#pollDrained()
      else this.#handlers?.handleDrained?.()
    }, DRAIN_POLL_MS)
  }

  #handleMessage(data: unknown): void {
    if (this.#isClosing) return
    const frame = frameOf(data)
    if (frame === undefined) return
    if (this.#handlers && !this.#isPaused && this.#held.length === 0) this.#hand(frame)
    else this.#held.push(frame)
  }

  #handleClose(closed: ChannelClosed): void {
    this.#closed = closed
    this.#cancelPoll?.()
    // The end is known at once, but not before what came before it.
    this.#isPaused = false
    this.#release()
  }

  /** Not before the caller is done: it may be a handler itself, or not know this channel yet. */
  #releaseSoon(): void {
    void Promise.resolve().then(() => this.#release())
  }

  #release(): void {
    while (this.#handlers && !this.#isPaused) {
      const frame = this.#held.shift()
      if (frame === undefined) break
      this.#hand(frame)
    }
    if (!this.#closed || !this.#handlers || this.#hasToldEnd || this.#held.length > 0) return
    this.#hasToldEnd = true
    this.#handlers.handleClosed(this.#closed)
  }

  #hand(frame: string | Uint8Array): void {
    if (typeof frame === 'string') this.#handlers?.handleText(frame)
    else this.#handlers?.handleBinary(frame)
  }
}

function frameOf(data: unknown): string | Uint8Array | undefined {
  if (typeof data === 'string' || data instanceof Uint8Array) return data
  return data instanceof ArrayBuffer ? new Uint8Array(data) : undefined
}

function isOversize(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === OVERSIZE_OF_WS
}

function oversized(bytes: number): LimpetError {
  return new LimpetError(
    'FRAME_TOO_LARGE',
    `A frame of ${bytes} bytes is to be sent; at most ${MAX_FRAME_BYTES} are allowed.`,
    { details: { bytes, limitBytes: MAX_FRAME_BYTES } },
  )
}
