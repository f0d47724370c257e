// Owns two channels joined in memory: what unit tests use instead of sockets. It passes the same contract
// suite as they do. Frames cross one turn later, never inside `send…`; a cut loses what is under way.

import {
  LimpetError,
  MAX_FRAME_BYTES,
  type Channel,
  type ChannelClosed,
  type ChannelHandlers,
} from '@limpet/protocol'

/** Bytes under way above which the sender is told to wait: small, so that tests come to it. */
const HIGH_WATER_BYTES = 64 * 1024

type Frame = string | Uint8Array

export interface MemoryPair {
  readonly left: MemoryChannel
  readonly right: MemoryChannel
  /** Both ends vanish for each other; frames under way are lost. Idempotent. */
  readonly cut: () => void
}

export function memoryChannelPair(): MemoryPair {
  const left = new MemoryChannel()
  const right = new MemoryChannel()
  left.join(right)
  right.join(left)
  return {
    left,
    right,
    cut() {
      left.vanish({ code: 1006, reason: '' })
      right.vanish({ code: 1006, reason: '' })
    },
  }
}

export class MemoryChannel implements Channel {
  #peer: MemoryChannel | undefined
  #handlers: ChannelHandlers | undefined
  /** What the peer has sent and this end has not taken. */
  #inbox: Frame[] = []
  #inboxBytes = 0
  #isPaused = false
  #isSlow = false
  #isScheduled = false
  /** Own end: nothing is sent or taken any more. */
  #isClosed = false
  #goodbye: ChannelClosed | undefined
  #hasToldEnd = false

  join(peer: MemoryChannel): void {
    this.#peer = peer
  }

  setHandlers(handlers: ChannelHandlers): void {
    this.#handlers = handlers
    this.#schedule()
  }

  sendText(text: string): boolean {
    return this.#send(text, Buffer.byteLength(text))
  }

  sendBinary(...parts: readonly Uint8Array[]): boolean {
    const frame = Uint8Array.from(Buffer.concat(parts))
    return this.#send(frame, frame.byteLength)
  }

  get bufferedBytes(): number {
    return this.#peer?.inboxBytes ?? 0
  }

  get inboxBytes(): number {
    return this.#inboxBytes
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#schedule()
  }

  close(code = 1000, reason = ''): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#isPaused = false
    this.#inbox = []
    this.#inboxBytes = 0
    const closed = { code, reason }
    this.#goodbye ??= closed
    this.#peer?.handlePeerClosed(closed)
    this.#schedule()
  }

  /** Ends without a word to the peer, losing what has not been taken. */
  vanish(closed: ChannelClosed): void {
    if (this.#goodbye) return
    this.#isClosed = true
    this.#goodbye = closed
    this.#isPaused = false
    this.#inbox = []
    this.#inboxBytes = 0
    this.#schedule()
  }

  handlePeerClosed(closed: ChannelClosed): void {
    this.#goodbye ??= closed
    this.#schedule()
  }

  /** A frame from the peer, checked on arrival as on any wire. */
  handleArrived(frame: Frame, bytes: number): void {
    if (this.#isClosed) return
    if (bytes > MAX_FRAME_BYTES) return this.close(1009, 'frame too large')
    this.#inbox.push(frame)
    this.#inboxBytes += bytes
    this.#schedule()
  }

  handlePeerTook(): void {
    if (!this.#isSlow || this.bufferedBytes > 0) return
    this.#isSlow = false
    if (!this.#isClosed) this.#handlers?.handleDrained?.()
  }

  #send(frame: Frame, bytes: number): boolean {
    if (this.#isClosed || this.#goodbye) return true
    if (bytes > MAX_FRAME_BYTES) throw tooLarge(bytes)
    this.#peer?.handleArrived(frame, bytes)
    this.#isSlow = this.bufferedBytes > HIGH_WATER_BYTES
    return !this.#isSlow
  }

  #schedule(): void {
    if (this.#isScheduled || !this.#handlers) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#deliver()
    })
  }

  #deliver(): void {
    while (!this.#isPaused) {
      const frame = this.#inbox.shift()
      if (frame === undefined) break
      this.#inboxBytes -= typeof frame === 'string' ? Buffer.byteLength(frame) : frame.byteLength
      if (typeof frame === 'string') this.#handlers?.handleText(frame)
      else this.#handlers?.handleBinary(frame)
    }
    this.#peer?.handlePeerTook()
    if (!this.#goodbye || this.#inbox.length > 0 || this.#hasToldEnd) return
    this.#hasToldEnd = true
    this.#isClosed = true
    this.#handlers?.handleClosed(this.#goodbye)
  }
}

function tooLarge(bytes: number): LimpetError {
  return new LimpetError(
    'FRAME_TOO_LARGE',
    `A frame of ${bytes} bytes is to be sent; at most ${MAX_FRAME_BYTES} are allowed.`,
    { details: { bytes, limitBytes: MAX_FRAME_BYTES } },
  )
}
