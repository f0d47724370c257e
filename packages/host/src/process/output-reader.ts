// Owns the reading of one descriptor, from the kernel to a synchronous callback: first stop of every byte.
// Before: the process; after: running-process. Pausing here fills the kernel's buffer, which blocks the
// writer. Must not know what the bytes are for.

import { readSync } from 'node:fs'
import { Socket } from 'node:net'
import { ReadStream } from 'node:tty'
import { SMALL_READ_BYTES, type ReadTurns } from './read-turns.ts'

/** Most that is read after `drainMs` to find the end of a stream: the largest pipe an ordinary user can have. */
const SWEEP_BYTES = 1024 * 1024

export interface OutputReaderOptions {
  /** Readable, O_NONBLOCK; the reader owns and closes it. */
  readonly descriptor: number
  readonly kind: 'pipe' | 'terminal'
  readonly turns: ReadTurns
  /** Streams of one owner are not rivals. */
  readonly owner: object
  /** `bytes` are valid only during the call. */
  onBytes(bytes: Uint8Array): void
  /** The stream ended and the descriptor is closed. Once. */
  onEnd(): void
}

export class OutputReader {
  readonly #options: OutputReaderOptions
  readonly #socket: Socket
  #isPaused = false
  #isDiscarding = false

  constructor(options: OutputReaderOptions) {
    this.#options = options
    const { descriptor, kind, turns } = options
    // `onread`, which Socket documents for connections, works for every descriptor.
    const socketOptions = {
      fd: descriptor,
      readable: true,
      writable: false,
      onread: { buffer: turns.firstRead, callback: (count: number) => this.#handleRead(count) },
    }
    this.#socket =
      kind === 'terminal' ? new ReadStream(descriptor, socketOptions) : new Socket(socketOptions)
    // A terminal ends with EIO, a pipe with an end; 'close' follows both, once.
    this.#socket.on('error', () => {})
    this.#socket.once('close', () => options.onEnd())
    this.#socket.resume()
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#socket.resume()
  }

  /** Goes on reading, delivers nothing more. */
  discard(): void {
    this.#isDiscarding = true
    this.resume()
  }

  /**
   * Delivers what the kernel holds at this moment, so that a busy host does not take unread output for
   * output that came too late.
   * @returns whether the end of the stream was found; `onEnd` then follows by itself
   */
  sweep(): boolean {
    const { descriptor, turns } = this.#options
    // Its descriptor may be another file's by now.
    if (this.#socket.destroyed) return true
    for (let total = 0; total < SWEEP_BYTES;) {
      const count = readNow(descriptor, turns.buffer)
      if (count === 'end') return true
      if (count === 'nothing') return false
      total += count
      this.#options.onBytes(turns.buffer.subarray(0, count))
    }
    return false
  }

  #handleRead(count: number): boolean {
    const { turns, owner } = this.#options
    const turnBytes = turns.take(owner)
    if (!this.#isDiscarding) {
      const filled = count < SMALL_READ_BYTES ? count : this.#fill(count, turnBytes)
      this.#options.onBytes(turns.buffer.subarray(0, filled))
    }
    if (count === turns.firstRead.length) {
      this.#yieldTurn()
      return false
    }
    return true
  }

  /** A flood is gathered by bytes, never by time. @returns bytes now in the buffer */
  #fill(count: number, turnBytes: number): number {
    const { descriptor, turns } = this.#options
    let filled = count
    while (filled < turnBytes) {
      const more = readNow(descriptor, turns.buffer.subarray(filled, turnBytes))
      // An end is met again, and handled, by the event loop's next read.
      if (more === 'end' || more === 'nothing') break
      filled += more
      if (more < SMALL_READ_BYTES) break
    }
    return filled
  }

  /** After a read that filled its buffer libuv reads on, up to 32 times, before anyone else has a turn. */
  #yieldTurn(): void {
    setImmediate(() => {
      if (!this.#isPaused && !this.#socket.destroyed) this.#socket.resume()
    })
  }
}

/** One read that never waits. */
function readNow(descriptor: number, into: Uint8Array): number | 'end' | 'nothing' {
  try {
    return readSync(descriptor, into, 0, into.length, null) || 'end'
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EAGAIN' ? 'nothing' : 'end'
  }
}
