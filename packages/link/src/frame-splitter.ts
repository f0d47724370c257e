// Owns the framing of a byte stream: cuts it into frames. Knows no socket.
//
//   | frame bytes u32 | kind u8 | frame …        kind 0 text, 1 binary, 2 close (code u16, reason)
//
// A frame that lies whole in one chunk is handed over as a view of it; only one that spans chunks is copied.

import { LimpetError, MAX_FRAME_BYTES } from '@limpet/protocol'

export const FRAME_HEADER_BYTES = 5
export const STREAM_FRAME = { text: 0, binary: 1, close: 2 } as const

export type HandleFrame = (kind: number, frame: Buffer) => void

export class FrameSplitter {
  readonly #handleFrame: HandleFrame
  readonly #header: Buffer = Buffer.alloc(FRAME_HEADER_BYTES)
  #headerBytes = 0
  #frame: Buffer | undefined
  #frameBytes = 0

  constructor(handleFrame: HandleFrame) {
    this.#handleFrame = handleFrame
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
    this.#frame = Buffer.allocUnsafe(length)
    this.#frameBytes = 0
    return at
  }

  #fill(frame: Buffer, chunk: Buffer, start: number): number {
    const taken = chunk.copy(frame, this.#frameBytes, start)
    this.#frameBytes += taken
    if (this.#frameBytes === frame.length) {
      this.#frame = undefined
      this.#handleFrame(this.#header[4] ?? 0, frame)
    }
    return start + taken
  }
}

function tooLarge(bytes: number): LimpetError {
  return new LimpetError(
    'FRAME_TOO_LARGE',
    `A frame of ${bytes} bytes was announced; at most ${MAX_FRAME_BYTES} are allowed.`,
    { details: { bytes, limitBytes: MAX_FRAME_BYTES } },
  )
}
