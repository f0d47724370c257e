// Owns what the logs of one host share: the file system, spare memory, turns at the disk, and the one timer
// that writes what waits. An idle log costs nothing here.

import { PARALLEL_READS, PARALLEL_WRITES, QUIET_MS, WRITE_DELAY_MS } from './limits.ts'
import { systemFiles, type LogFiles } from './log-files.ts'
import { SlabPool } from './slab-pool.ts'
import { Turns } from './turns.ts'

export interface LogDiskOptions {
  /** Directory of all sessions; one per session lies in it. */
  readonly directory: string
  /** @default the system's */
  readonly files?: LogFiles
}

/** Who has something to write. */
export interface Waiting {
  /** It has waited for WRITE_DELAY_MS. */
  handleDue(): void
}

/** Who holds memory that it could do without. */
export interface Active {
  /** Called every QUIET_MS. @returns true when it need not be asked again before it says so */
  rest(): boolean
}

export class LogDisk {
  readonly directory: string
  readonly files: LogFiles
  readonly slabs: SlabPool = new SlabPool()
  readonly writes: Turns = new Turns(PARALLEL_WRITES)
  readonly reads: Turns = new Turns(PARALLEL_READS)
  #waiting = new Set<Waiting>()
  readonly #active = new Set<Active>()
  readonly #open = new Set<Waiting>()
  #timer: NodeJS.Timeout | undefined
  #quietTimer: NodeJS.Timeout | undefined

  constructor(options: LogDiskOptions) {
    this.directory = options.directory
    this.files = options.files ?? systemFiles
  }

  /** Calls back in WRITE_DELAY_MS or less. */
  await(writer: Waiting): void {
    this.#waiting.add(writer)
    if (this.#timer) return
    this.#timer = setTimeout(() => this.#handleDue(), WRITE_DELAY_MS)
  }

  /** Asks from time to time whether it has become quiet. */
  watch(log: Active): void {
    this.#active.add(log)
    if (this.#quietTimer) return
    this.#quietTimer = setTimeout(() => this.#rest(), QUIET_MS).unref()
  }

  unwatch(log: Active): void {
    this.#active.delete(log)
  }

  /** @returns false when as many as `limit` hold a descriptor */
  takeOpen(writer: Waiting, limit: number): boolean {
    if (this.#open.size >= limit && !this.#open.has(writer)) return false
    this.#open.add(writer)
    return true
  }

  giveOpen(writer: Waiting): void {
    this.#open.delete(writer)
  }

  #handleDue(): void {
    this.#timer = undefined
    const waiting = this.#waiting
    this.#waiting = new Set()
    for (const writer of waiting) writer.handleDue()
  }

  #rest(): void {
    this.#quietTimer = undefined
    for (const log of this.#active) if (log.rest()) this.#active.delete(log)
    if (this.#active.size > 0) this.#quietTimer = setTimeout(() => this.#rest(), QUIET_MS).unref()
  }
}
