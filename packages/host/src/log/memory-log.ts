// Owns a log in memory alone: newest bytes kept. It never pauses anyone: what falls out becomes a gap for
// those who are behind.

import { MAX_RECORD_PAYLOAD_BYTES, RECORD_HEADER_BYTES } from '@limpet/protocol'
import { gapChunk } from './gap.ts'
import { RETAIN_MEMORY_BYTES } from './limits.ts'
import type { LogLayout } from './log-layout.ts'
import type { LogChunk, LogCursor, SessionLog } from './session-log.ts'
import { SlabPool } from './slab-pool.ts'
import { Tail, TailCursor } from './tail.ts'

const MAX_RECORD_BYTES = RECORD_HEADER_BYTES + MAX_RECORD_PAYLOAD_BYTES

export interface MemoryLogOptions {
  /** Encoded bytes to keep at least; up to one slab more are held. @default 8 MiB */
  readonly retainBytes?: number
}

export class MemoryLog implements SessionLog {
  readonly #retainBytes: number
  readonly #tail: Tail = new Tail(new SlabPool())

  constructor(options: MemoryLogOptions = {}) {
    this.#retainBytes = options.retainBytes ?? RETAIN_MEMORY_BYTES
  }

  get keptFrom(): number {
    return this.#tail.keptFrom
  }

  get end(): number {
    return this.#tail.end
  }

  get heldBytes(): number {
    return this.#tail.heldBytes
  }

  get diskBytes(): number {
    return 0
  }

  get layout(): LogLayout {
    return { end: this.end, segments: [] }
  }

  get isDurable(): boolean {
    return false
  }

  get safeBytes(): number {
    const { first, usedBytes, end, keptFrom } = this.#tail
    const room = this.#retainBytes - usedBytes - MAX_RECORD_BYTES
    return room > 0 ? end - keptFrom + room : end - (first?.next?.startOffset ?? keptFrom)
  }

  append(kind: number, payload: Uint8Array, timeUs: number): void {
    this.#tail.append(kind, payload, timeUs)
    while (this.#tail.forgetFirst(this.#retainBytes, this.#tail.end));
  }

  openCursor(offset: number): LogCursor {
    return new MemoryCursor(this.#tail, offset)
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  async remove(): Promise<void> {}
}

class MemoryCursor implements LogCursor {
  readonly #tail: Tail
  readonly #place: TailCursor
  #offset: number

  constructor(tail: Tail, offset: number) {
    this.#tail = tail
    this.#place = new TailCursor(tail)
    this.#offset = offset
  }

  get offset(): number {
    return this.#offset
  }

  read(limitBytes: number): LogChunk | undefined {
    const from = this.#offset
    const { keptFrom, end } = this.#tail
    if (from >= end) return undefined
    if (from < keptFrom) {
      this.#place.reset()
      this.#offset = keptFrom
      return gapChunk(from, keptFrom)
    }
    const run = this.#place.read(from, limitBytes)
    if (run === undefined) return undefined
    this.#offset = run.to
    return { parts: run.parts, from, to: run.to }
  }

  close(): void {
    this.#place.reset()
  }
}
