// Owns a Channel over a stream socket. Before: the host's log, or a gateway; after: the kernel. A slow
// peer shows as `send…` answering false; a slow reader pauses and the kernel stops the peer.

import { connect, type Socket } from 'node:net'
import {
  LimpetError,
  MAX_FRAME_BYTES,
  type Channel,
  type ChannelClosed,
  type ChannelHandlers,
} from '@limpet/protocol'
import { FRAME_HEADER_BYTES, FrameSplitter, STREAM_FRAME } from './frame-splitter.ts'
import { CLOSE_DEADLINE_MS } from './limits.ts'
import type { LinkMemory } from './link-memory.ts'

/** The close code when the peer vanished without saying why, as in WebSockets. */
const VANISHED: ChannelClosed = { code: 1006, reason: '' }

export class SocketChannel implements Channel {
  readonly #socket: Socket
  readonly #splitter: FrameSplitter
  #handlers: ChannelHandlers | undefined
  #closed: ChannelClosed = VANISHED
  #isClosing = false
  #isSlow = false
  #isPaused = false
  #hasEnded = false
  /** How what was read gets here: by events of the socket, or from the buffer that all links read into. */
  readonly #reading: 'events' | 'shared buffer'

  /**
   * @param socket connected, with nothing read from it yet; the channel owns it from here on
   * @param memory only of those whose socket reads into it: see `dial`
   */
  constructor(socket: Socket, memory?: LinkMemory) {
    this.#socket = socket
    this.#reading = memory === undefined ? 'events' : 'shared buffer'
    this.#splitter = new FrameSplitter((kind, frame) => this.#handleFrame(kind, frame), memory)
    socket.setNoDelay(true)
    socket.on('drain', () => this.#handleDrain())
    socket.on('close', () => {
      this.#hasEnded = true
      this.#splitter.close()
      this.#handlers?.handleClosed(this.#closed)
    })
    // The reason of an error adds nothing to "vanished", and 'close' follows it.
    socket.on('error', () => socket.destroy())
    socket.on('end', () => this.#hangUp())
  }

  /**
   * A channel to who listens there. Its frames are lent for the call, as the interface says, and no longer.
   * @param memory shared by all that one process dials
   * @returns undefined when nobody listens there
   */
  static dial(path: string, memory: LinkMemory): Promise<SocketChannel | undefined> {
    let channel: SocketChannel | undefined
    const buffer = memory.readBuffer
    const socket = connect({
      path,
      allowHalfOpen: true,
      onread: {
        buffer,
        callback: (bytes) => {
          if (channel) channel.#handleData(buffer.subarray(0, bytes))
          // One who resumes and pauses in the same turn is read for once more: Node starts again a tick later.
          return !(channel && channel.#isPaused)
        },
      },
    })
    // Read from only when there are handlers.
    socket.pause()
    return new Promise((resolve) => {
      const refuse = (): void => resolve(undefined)
      socket.once('error', refuse)
      socket.once('connect', () => {
        socket.off('error', refuse)
        channel = new SocketChannel(socket, memory)
        resolve(channel)
      })
    })
  }

  setHandlers(handlers: ChannelHandlers): void {
    const isFirst = this.#handlers === undefined
    this.#handlers = handlers
    if (isFirst) this.#startReading()
    // One that is destroyed tells its end by the event that is on its way.
    if (this.#hasEnded && isFirst) queueMicrotask(() => handlers.handleClosed(this.#closed))
  }

  #startReading(): void {
    if (this.#reading === 'events') this.#socket.on('data', (chunk) => this.#handleData(chunk))
    // Not from inside the call; and one who pauses before that is not overruled.
    else if (!this.#isPaused) this.#socket.resume()
  }

  sendText(text: string): boolean {
    return this.#send(STREAM_FRAME.text, [Buffer.from(text)])
  }

  sendBinary(...parts: readonly Uint8Array[]): boolean {
    return this.#send(STREAM_FRAME.binary, parts)
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (this.#handlers) this.#socket.resume()
  }

  close(code = 1000, reason = ''): void {
    if (this.#isClosing || this.#socket.destroyed) return
    const payload = Buffer.from(`\0\0${reason}`)
    payload.writeUInt16BE(code, 0)
    this.#send(STREAM_FRAME.close, [payload])
    this.#closed = { code, reason }
    this.#hangUp()
  }

  /** Ends this side, and soon the other: a peer may have said good-bye and yet neither read nor hang up. */
  #hangUp(): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#socket.end()
    // What still arrives is of no interest, but must be read for the peer's end to be seen.
    this.#isPaused = false
    this.#socket.resume()
    const cutOff = setTimeout(() => this.#socket.destroy(), CLOSE_DEADLINE_MS)
    this.#socket.once('close', () => clearTimeout(cutOff))
  }

  #send(kind: number, parts: readonly Uint8Array[]): boolean {
    if (this.#isClosing || this.#socket.destroyed) return true
    const length = parts.reduce((sum, part) => sum + part.byteLength, 0)
    if (length > MAX_FRAME_BYTES) throw oversized(length)
    const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES)
    header.writeUInt32BE(length, 0)
    header[4] = kind
    this.#socket.cork()
    let isFlowing = this.#socket.write(header)
    for (const part of parts) isFlowing = this.#socket.write(part)
    this.#socket.uncork()
    // Until the drain: what is sent meanwhile may be small enough to be taken at once.
    if (!isFlowing) this.#isSlow = true
    return !this.#isSlow
  }

  #handleData(chunk: Buffer): void {
    if (this.#isClosing) return
    try {
      this.#splitter.push(chunk)
    } catch (error) {
      if (!(error instanceof LimpetError)) throw error
      this.close(error.definition.close ?? 4400, error.message)
    }
  }

  #handleFrame(kind: number, frame: Buffer): void {
    if (this.#isClosing) return
    if (kind === STREAM_FRAME.text) this.#handlers?.handleText(frame.toString())
    else if (kind === STREAM_FRAME.binary) this.#handlers?.handleBinary(frame)
    else this.#handleClose(frame)
  }

  #handleClose(frame: Buffer): void {
    if (frame.length >= 2) {
      this.#closed = { code: frame.readUInt16BE(0), reason: frame.toString('utf8', 2) }
    }
    this.#hangUp()
  }

  #handleDrain(): void {
    if (!this.#isSlow) return
    this.#isSlow = false
    this.#handlers?.handleDrained?.()
  }
}

function oversized(bytes: number): LimpetError {
  return new LimpetError(
    'FRAME_TOO_LARGE',
    `A frame of ${bytes} bytes is to be sent; at most ${MAX_FRAME_BYTES} are allowed.`,
    { details: { bytes, limitBytes: MAX_FRAME_BYTES } },
  )
}
