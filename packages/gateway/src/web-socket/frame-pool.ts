// Owns the memory of frames on their way to clients. A frame of the host's is only lent for the call, and a socket
// may keep it for a while: so it is copied here, into buffers that are used again. A fresh buffer for each frame
// would cost more than the copy: under a flood the collector then runs sixty times a gigabyte.
// One pool for all connections of a gateway.

import { MAX_POOLED_BYTES } from '../limits.ts'

/** Smaller frames are cut from Node's own pool, which is cheap. */
const LEAST_POOLED_BYTES = 4 * 1024

/** A copy of a frame. */
export interface HeldFrame {
  readonly bytes: Uint8Array
  /** Called once, when nobody reads the bytes any more. */
  readonly release: () => void
}

export class FramePool {
  /** Buffers that nobody uses, by their size, a power of two. */
  readonly #free = new Map<number, Buffer[]>()
  #freeBytes = 0

  hold(frame: Uint8Array): HeldFrame {
    if (frame.byteLength < LEAST_POOLED_BYTES)
      return { bytes: Buffer.from(frame), release: () => {} }
    const size = 2 ** Math.ceil(Math.log2(frame.byteLength))
    const buffer = this.#take(size)
    buffer.set(frame)
    return {
      bytes: buffer.subarray(0, frame.byteLength),
      release: () => this.#giveBack(buffer),
    }
  }

  #take(size: number): Buffer {
    const buffer = this.#free.get(size)?.pop()
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size)
    this.#freeBytes -= size
    return buffer
  }

  /** What is too much goes to the collector. */
  #giveBack(buffer: Buffer): void {
    const size = buffer.byteLength
    if (this.#freeBytes + size > MAX_POOLED_BYTES) return
    const free = this.#free.get(size) ?? []
    free.push(buffer)
    this.#free.set(size, free)
    this.#freeBytes += size
  }
}
