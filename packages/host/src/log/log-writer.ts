// Owns when a log's bytes go to disk: large writes behind the process's back, one at a time. Before: the tail;
// after: segment files. It waits for nobody and nobody waits for it: when the disk takes nothing, it says so
// and tries again [LOG-6].
//
//   idle ──something waits──▶ writing ──all written──▶ idle
//                     a failure ▼  ▲ after a pause
//                             degraded

import {
  FIRST_RETRY_MS,
  LAST_RETRY_MS,
  MAX_OPEN_LOGS,
  MAX_WRITE_BYTES,
  WRITE_BYTES,
} from './limits.ts'
import type { LogDisk } from './log-disk.ts'
import { reasonOf } from './reason-of.ts'
import { SegmentFile } from './segment-file.ts'
import type { Segments } from './segments.ts'
import type { Tail } from './tail.ts'
import { Unwritten } from './unwritten.ts'

export interface LogWriterOptions {
  readonly disk: LogDisk
  /** The log's own directory; made by the first write. */
  readonly directory: string
  readonly tail: Tail
  readonly segments: Segments
  /** Newest encoded bytes to keep on disk. */
  readonly retainBytes: number
  /** Most encoded bytes of a segment. */
  readonly segmentBytes: number
  /** A write came back. */
  readonly handleWritten: () => void
  /** The disk takes nothing more, or does again. */
  readonly handleDurability: (isDurable: boolean, reason: string) => void
}

export class LogWriter {
  readonly #options: LogWriterOptions
  readonly #unwritten: Unwritten
  readonly #file: SegmentFile
  #running: Promise<void> | undefined
  #isAwaited = false
  /** What is there must be written, however little it is. */
  #isDue = false
  #isStopped = false
  #hasDirectory = false
  /** 0 while the disk takes what it is given. */
  #retryMs = 0
  #retryTimer: NodeJS.Timeout | undefined

  constructor(options: LogWriterOptions) {
    const { disk, directory, tail, segments } = options
    this.#options = options
    this.#unwritten = new Unwritten(tail)
    this.#file = new SegmentFile({
      files: disk.files,
      directory,
      segments,
      unwritten: this.#unwritten,
    })
  }

  get isDurable(): boolean {
    return this.#retryMs === 0
  }

  /** Bytes before this offset are on disk, or never will be. */
  get doneTo(): number {
    return this.#unwritten.doneTo
  }

  /** Encoded bytes that are not on disk. */
  get unwrittenBytes(): number {
    return this.#unwritten.bytes
  }

  /** Something was appended. Hot path: starts a write when there is enough for one, else the timer will. */
  handleAppended(): void {
    if (this.#running || !this.isDurable || this.#isStopped) return
    if (this.#unwritten.bytes >= WRITE_BYTES) this.#start()
    else if (!this.#isAwaited) this.#await()
  }

  /** Called by the disk's timer. */
  handleDue(): void {
    this.#isAwaited = false
    this.#isDue = true
    this.#start()
  }

  /** Resolves when what is there is written, or cannot be. */
  async flush(): Promise<void> {
    while (this.#unwritten.bytes > 0 && this.isDurable && !this.#isStopped) {
      this.#isDue = true
      this.#start()
      await this.#running
    }
    await this.#running
  }

  /** Writes nothing more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#retryTimer)
    await this.#running
    await this.#file.close()
  }

  #await(): void {
    this.#isAwaited = true
    this.#options.disk.await(this)
  }

  #start(): void {
    if (this.#running || this.#isStopped || this.#retryTimer) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      // What was appended in between was told to nobody.
      if (this.#unwritten.bytes > 0) this.handleAppended()
    })
  }

  async #run(): Promise<void> {
    const { disk } = this.#options
    let bytes = 0
    try {
      while (this.#mustWrite()) {
        bytes += await disk.writes.take(() => this.#write())
        this.#options.handleWritten()
      }
      await this.#rest(bytes)
    } catch (error) {
      await this.#file.finish()
      this.#degrade(error)
    }
  }

  #mustWrite(): boolean {
    const { bytes } = this.#unwritten
    if (bytes === 0) this.#isDue = false
    return !this.#isStopped && (this.#isDue || bytes >= WRITE_BYTES)
  }

  /** @returns bytes that are on disk now and were not before */
  async #write(): Promise<number> {
    const { segmentBytes, retainBytes } = this.#options
    if (!this.#hasDirectory) await this.#enter()
    // What retention would remove as soon as the rest is written goes now: who reads it is told once.
    this.#unwritten.skip(retainBytes)
    await this.#makeRoom(this.#unwritten.bytes)
    const room = this.#file.roomWithin(segmentBytes)
    let slices = this.#unwritten.collect(Math.min(room, MAX_WRITE_BYTES))
    if (slices.length === 0) {
      await this.#file.finish()
      slices = this.#unwritten.collect(Math.min(segmentBytes, MAX_WRITE_BYTES))
    }
    // All that is there as of now; what comes meanwhile waits for its own time.
    this.#isDue = false
    const bytes = await this.#file.write(slices)
    if (!this.isDurable) this.#recover()
    return bytes
  }

  /** Makes the directory; whoever removed it took the segments with it. */
  async #enter(): Promise<void> {
    const { disk, directory, segments } = this.#options
    await disk.files.makeDirectory(directory)
    this.#hasDirectory = true
    if (segments.first === undefined) return
    const names = new Set((await disk.files.list(directory))?.map(({ name }) => name))
    for (const segment of [...segments]) if (!names.has(segment.name)) segments.drop(segment)
  }

  /** Keeps the disk, with what waits for it, within what the plan allows and one segment. */
  async #makeRoom(moreBytes: number): Promise<void> {
    const { disk, segments, retainBytes } = this.#options
    for (;;) {
      const segment = segments.overdue(retainBytes, moreBytes)
      if (segment === undefined) return
      segments.drop(segment)
      await disk.files.remove(this.#file.pathOf(segment))
    }
  }

  /**
   * A flood goes on as a rule, so its file stays open; what trickles must hold no descriptor, nor go on writing
   * into a file that somebody removed.
   */
  async #rest(bytes: number): Promise<void> {
    const { disk } = this.#options
    const isFlood = bytes >= WRITE_BYTES && disk.takeOpen(this, MAX_OPEN_LOGS)
    if (!isFlood) {
      disk.giveOpen(this)
      await this.#file.close()
    }
    if ((isFlood || this.#unwritten.bytes > 0) && !this.#isAwaited) this.#await()
  }

  #degrade(error: unknown): void {
    const { disk, handleDurability } = this.#options
    const isNew = this.isDurable
    this.#hasDirectory = false
    disk.giveOpen(this)
    this.#retryMs = isNew ? FIRST_RETRY_MS : Math.min(this.#retryMs * 2, LAST_RETRY_MS)
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined
      this.handleDue()
    }, this.#retryMs).unref()
    if (isNew) handleDurability(false, reasonOf(error))
  }

  #recover(): void {
    this.#retryMs = 0
    this.#options.handleDurability(true, 'The disk takes data again.')
  }
}
