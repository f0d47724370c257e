// Owns the writing into a process: last stop of every key. Before: running-process; after: the process's
// pipe or terminal. Whoever writes waits for its callbacks; the bound on what waits here is the caller's.

import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { LimpetError } from '@limpet/protocol'

/** Told once per write: the bytes are in the process's pipe or terminal, or why they never will be. */
export type WrittenCallback = (error?: Error) => void

export interface InputWriter {
  /** `bytes` must not change until `onWritten`. Never throws. */
  write(bytes: Uint8Array, onWritten: WrittenCallback): void
  /** Tells the process that there is no more, after what waits. */
  end(): void
  /** Drops what waits; its callbacks get an error. Idempotent. */
  close(): void
}

/** A process without input: /dev/null. */
export class NoInput implements InputWriter {
  write(_bytes: Uint8Array, onWritten: WrittenCallback): void {
    onWritten(inputClosed())
  }
  end(): void {}
  close(): void {}
}

/** A pipe, written to by the event loop. */
export class PipeInput implements InputWriter {
  readonly #socket: Socket

  /** @param descriptor writable, O_NONBLOCK; owned and closed here */
  constructor(descriptor: number) {
    this.#socket = new Socket({ fd: descriptor, readable: false, writable: true })
    // EPIPE: the process closed its input. Each write that it concerns is told so.
    this.#socket.on('error', () => {})
  }

  write(bytes: Uint8Array, onWritten: WrittenCallback): void {
    this.#socket.write(bytes, (error) => onWritten(error ? inputClosed(error) : undefined))
  }

  end(): void {
    this.#socket.end()
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** A full terminal is tried again after this, and twice as long each further time … */
const FIRST_RETRY_MS = 1
/** … up to this: a program that does not read costs 30 attempts a second, whatever waits. */
const LAST_RETRY_MS = 32

/** One wake-up writes at most this; a terminal takes some 4 KiB at a time from us. */
const TURN_BYTES = 64 * 1024

/** VEOF as terminals have it by default; a program in raw mode reads it as a byte. */
const END_OF_INPUT = Uint8Array.of(0x04)

interface Pending {
  readonly bytes: Uint8Array
  written: number
  readonly onWritten: WrittenCallback
}

/**
 * A terminal, written to directly: libuv cannot watch a descriptor that it reads already, and its own
 * write to a terminal's master spins until the program reads, with everybody else waiting.
 */
export class TerminalInput implements InputWriter {
  readonly #master: number
  readonly #startTimer: (delayMs: number, run: () => void) => () => void
  readonly #pending: Pending[] = []
  #cancelRetry: (() => void) | undefined
  #retryMs = FIRST_RETRY_MS
  /** Writing, or waiting to. */
  #isBusy = false
  #isClosed = false

  /** @param master O_NONBLOCK; closed by its reader, after `close()` */
  constructor(master: number, startTimer: (delayMs: number, run: () => void) => () => void) {
    this.#master = master
    this.#startTimer = startTimer
  }

  write(bytes: Uint8Array, onWritten: WrittenCallback): void {
    if (this.#isClosed) {
      onWritten(inputClosed())
      return
    }
    this.#pending.push({ bytes, written: 0, onWritten })
    if (!this.#isBusy) this.#flush()
  }

  end(): void {
    this.write(END_OF_INPUT, () => {})
  }

  close(): void {
    this.#isClosed = true
    this.#cancelRetry?.()
    for (const { onWritten } of this.#pending.splice(0)) onWritten(inputClosed())
  }

  #flush(): void {
    this.#isBusy = true
    let turnBytes = TURN_BYTES
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      const count = this.#writeNow(next)
      next.written += count
      turnBytes -= count
      const isDone = next.written >= next.bytes.length
      if (isDone) {
        this.#pending.shift()
        next.onWritten()
      }
      if (count > 0) this.#retryMs = FIRST_RETRY_MS
      if (this.#pending.length > 0 && (turnBytes <= 0 || !isDone)) {
        this.#cancelRetry = this.#startTimer(this.#retryMs, () => this.#flush())
        if (count === 0) this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
        return
      }
    }
    this.#isBusy = false
  }

  /** @returns bytes taken by the terminal; 0 when it is full */
  #writeNow({ bytes, written }: Pending): number {
    try {
      return writeSync(this.#master, bytes, written)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) this.close()
      return 0
    }
  }
}

function inputClosed(cause?: Error): LimpetError {
  const message = 'The process has no input: it was never given, was ended, or was closed by it.'
  return new LimpetError('INPUT_CLOSED', message, cause === undefined ? {} : { cause })
}
