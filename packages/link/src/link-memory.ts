// Owns the memory into which links read: one buffer that the kernel fills, and those in which frames that span
// two reads are put together. Shared by all links of one owner, since a frame is only lent for the call: an idle
// link holds none of it. A fresh buffer for each read would cost half of a gateway's time in a flood.

import { MAX_FRAME_BYTES } from '@limpet/protocol'

/** What one read takes at most: about what a Unix socket holds (208 KiB), so that most frames lie whole in it. */
const READ_BYTES: number = 256 * 1024

/** Smaller frames are put together in memory of their own. */
const LEAST_LENT_BYTES: number = 4 * 1024

/** Buffers for putting together that are kept: two floods at once, each with frames of the largest size. */
const MOST_KEPT_BYTES: number = 2 * MAX_FRAME_BYTES

export class LinkMemory {
  #readBuffer: Buffer | undefined
  /** Those that nobody uses. */
  #free: Buffer[] = []
  #freeBytes = 0

  /** Filled by one link at a time, and read to its end before the next read of any. */
  get readBuffer(): Buffer {
    return (this.#readBuffer ??= Buffer.allocUnsafeSlow(READ_BYTES))
  }

  /** @returns at least so many bytes */
  lend(bytes: number): Buffer {
    if (bytes < LEAST_LENT_BYTES) return Buffer.allocUnsafe(bytes)
    const index = this.#free.findIndex((buffer) => buffer.length >= bytes)
    const [found] = index === -1 ? [] : this.#free.splice(index, 1)
    if (found === undefined) return Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(bytes)))
    this.#freeBytes -= found.length
    return found
  }

  /** What is too much goes to the collector. */
  giveBack(buffer: Buffer): void {
    if (buffer.length < LEAST_LENT_BYTES) return
    if (this.#freeBytes + buffer.length > MOST_KEPT_BYTES) return
    this.#free.push(buffer)
    this.#freeBytes += buffer.length
  }
}
