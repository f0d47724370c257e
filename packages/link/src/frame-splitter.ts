// Owns the framing of a byte stream: cuts it into frames. Knows no socket.
//
//   | frame bytes u32 | kind u8 | frame …        kind 0 text, 1 binary, 2 close (code u16, reason)
//
// A frame that lies whole in one chunk is handed over as a view of it; only one that spans chunks is copied. With a
// memory of links, that copy lies in a buffer which is used again: the frame is lent for the call and no longer.

import { LimpetError, MAX_FRAME_BYTES } from '@limpet/protocol'
import type { LinkMemory } from './link-memory.ts'

export const FRAME_HEADER_BYTES = 5
export const STREAM_FRAME = { text: 0, binary: 1, close: 2 } as const

export type HandleFrame = (kind: number, frame: Buffer) => void

export class FrameSplitter {
  readonly #handleFrame: HandleFrame
  readonly #memory: LinkMemory | undefined
  readonly #header: Buffer = Buffer.alloc(FRAME_HEADER_BYTES)
  #headerBytes = 0
  /** A frame that is being put together: the front of a buffer that may be larger. */
  #frame: Buffer | undefined
  #frameLength = 0
  #frameBytes = 0

  /** @param memory absent: frames that span chunks are in memory of their own, and may be kept */
  constructor(handleFrame: HandleFrame, memory?: LinkMemory) {
    this.#handleFrame = handleFrame
    this.#memory = memory
  }

  /** Gives back what it holds; nothing is pushed any more. */
  close(): void {
    const frame = this.#frame
    this.#frame = undefined
    if (frame) this.#memory?.giveBack(frame)
  }

  /** @throws LimpetError FRAME_TOO_LARGE, MESSAGE_MALFORMED; the stream cannot be read further then */
  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      at =
        this.#frame === undefined ? this.#readHeader(chunk, at) : this.#fill(this.#frame, chunk, at)
    }
  }

  #readHeader(chunk: Buffer, start: number): number {
    const taken = chunk.copy(this.#header, this.#headerBytes, start)
    this.#headerBytes += taken
    const at = start + taken
    if (this.#headerBytes < FRAME_HEADER_BYTES) return at
    this.#headerBytes = 0
    const length = this.#header.readUInt32BE(0)
    if (length > MAX_FRAME_BYTES) throw tooLarge(length)
    if ((this.#header[4] ?? 0) > STREAM_FRAME.close) {
      throw new LimpetError('MESSAGE_MALFORMED', `A frame has the unknown kind ${this.#header[4]}.`)
    }
    if (chunk.length - at >= length) {
      this.#handleFrame(this.#header[4] ?? 0, chunk.subarray(at, at + length))
      return at + length
    }
    this.#frame = this.#memory?.lend(length) ?? Buffer.allocUnsafe(length)
    this.#frameLength = length
    this.#frameBytes = 0
    return at
  }

  #fill(frame: Buffer, chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + this.#frameLength - this.#frameBytes)
    chunk.copy(frame, this.#frameBytes, start, end)
    this.#frameBytes += end - start
    if (this.#frameBytes < this.#frameLength) return end
    this.#frame = undefined
    this.#handleFrame(this.#header[4] ?? 0, frame.subarray(0, this.#frameLength))
    // Not before: who handles the frame may make another link read.
    this.#memory?.giveBack(frame)
    return end
  }
}

function tooLarge(bytes: number): LimpetError {
  return new LimpetError(
    'FRAME_TOO_LARGE',
    `A frame of ${bytes} bytes was announced; at most ${MAX_FRAME_BYTES} are allowed.`,
    { details: { bytes, limitBytes: MAX_FRAME_BYTES } },
  )
}
