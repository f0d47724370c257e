// Owns the terminal of one session as the main thread sees it: a cursor in the log, and what it makes of a flood.
// It never holds the log or a viewer up. Before: the session's log; after: the worker, by screens.ts.
//
//   asleep (a kept checkpoint, or nothing yet) ──needed──▶ awake (a terminal in the worker) ──quiet──▶ asleep
//
// Needed is it when the host answers queries, when LAZY_BYTES have gathered, and when somebody asks for a checkpoint.

import type { Checkpoint, TerminalSize } from '@limpet/protocol'
import type { LogCursor, SessionLog } from '../log/index.ts'
import type { Answer } from './emulator.ts'
import { KeptCheckpoint } from './kept-checkpoint.ts'
import {
  FEED_BYTES,
  LAZY_BYTES,
  MAX_BEHIND_BYTES,
  MAX_BEHIND_ON_DEMAND_BYTES,
  SKIP_TO_BYTES,
  SLEEP_AFTER_MS,
  TICK_BYTES,
  TICK_MS,
} from './limits.ts'
import type { WorkerReply, WorkerRequest } from './messages.ts'

/** What a screen needs of its session. */
export interface ScreenSource {
  readonly log: SessionLog
  /** The present size of the terminal. */
  readonly size: () => TerminalSize
  /** Where a large checkpoint is kept while nothing happens; undefined: in memory. */
  readonly file: string | undefined
  /**
   * The terminal has answered queries; each with the offset of its record.
   * @param parsedTo all queries before this offset are answered
   */
  readonly handleAnswers: (answers: readonly Answer[], parsedTo: number) => void
}

/** What a screen needs of all screens. */
export interface ScreenPool {
  warm(): unknown
  wake(screen: Screen): number
  free(number: number): void
  post(request: WorkerRequest, transfer?: readonly ArrayBuffer[]): void
  enqueue(screen: Screen, isUrgent: boolean): void
  dequeue(screen: Screen): void
}

interface Waiter {
  /** The checkpoint must not be older. */
  readonly target: number
  readonly resolve: (checkpoint: Checkpoint) => void
  readonly reject: (error: Error) => void
  /** The terminal that was to answer has failed once. */
  hasFailed: boolean
}

/** A screen whose terminal failed so often stays dark: its output breaks it. */
const MAX_FAILURES = 3

export class Screen {
  readonly #source: ScreenSource
  readonly #pool: ScreenPool
  /** By which the worker knows its terminal; undefined while it sleeps. */
  #number: number | undefined
  #cursor: LogCursor | undefined
  /** Offset of the next byte that the worker gets. */
  #offset = 0
  /** So far it is to be fed, when its turn comes. */
  #goal = 0
  #isExact = true
  #isFeeding = false
  #isWaking = false
  #isOnDuty = false
  #isClosed = false
  #hasOutput = false
  /** End of the log at the newest output: what came after says nothing to a terminal. */
  #outputEnd: number | undefined
  #promptBytes = 0
  #kept: KeptCheckpoint | undefined
  #hasLooked = false
  #failures = 0
  #lastRequest = 0
  #tickTimer: NodeJS.Timeout | undefined
  #sleepTimer: NodeJS.Timeout | undefined
  readonly #waiters: Waiter[] = []
  readonly #requests = new Map<number, (checkpoint: Checkpoint) => void>()
  readonly #asked = new Map<number, Waiter>()

  /** Made by `Screens.open`. */
  constructor(source: ScreenSource, pool: ScreenPool) {
    this.#source = source
    this.#pool = pool
  }

  get isFeeding(): boolean {
    return this.#isFeeding
  }

  /** The log has grown by output or a size. On the hot path: cheap. */
  handleOutput(): void {
    this.#outputEnd = this.#source.log.end
    this.#hasOutput = true
    this.#tickTimer ??= setTimeout(() => this.#tick(), TICK_MS).unref()
    if (this.#isOnDuty && !this.#isFeeding) this.#followPromptly()
  }

  /** True: programs wait for its answers, so it follows at once. */
  setDuty(isOnDuty: boolean): void {
    this.#isOnDuty = isOnDuty
    if (!isOnDuty || this.#isClosed) return
    try {
      this.#pool.warm()
    } catch {
      return // it keeps failing, and that is in the host's log; nobody answers then
    }
    // In a flood it waits for the quiet: whoever asks waits for an answer.
    if (this.#behindBytes <= MAX_BEHIND_BYTES) this.catchUp()
  }

  /** Reads all there is: answers are owed, and the output may be quiet already. */
  catchUp(): void {
    if (this.#behindBytes > MAX_BEHIND_BYTES && this.#number !== undefined) this.#skip(this.#number)
    this.#goal = this.#source.log.end
    this.#run()
  }

  /** The screen as of now, or a little later. @throws Error when no terminal can be had */
  async checkpoint(): Promise<Checkpoint> {
    await this.#look()
    const target = this.#outputEnd ?? this.#source.log.end
    const kept = this.#number === undefined && this.#offset >= target ? this.#kept : undefined
    const checkpoint = await kept?.read()
    if (checkpoint && checkpoint.offset >= this.#source.log.keptFrom) return checkpoint
    return new Promise((resolve, reject) => {
      if (this.#isClosed || this.#failures > MAX_FAILURES) {
        reject(new Error('There is no screen of this session.'))
        return
      }
      this.#waiters.push({ target, resolve, reject, hasFailed: false })
      this.#goal = Math.max(this.#goal, target)
      this.#run()
    })
  }

  /** Sends the next piece of the log. Called when it is its turn. @returns its number; undefined when there is nothing */
  feed(): number | undefined {
    const number = this.#number
    if (number === undefined || this.#isFeeding) return undefined
    if (this.#waiters.length > 0 && this.#behindBytes > MAX_BEHIND_ON_DEMAND_BYTES)
      this.#skip(number)
    this.#cursor ??= this.#source.log.openCursor(this.#offset, () => this.#run())
    // Nothing, though there is more: it is being read from the disk.
    const chunk = this.#cursor.read(FEED_BYTES)
    if (chunk === undefined) return undefined
    this.#isFeeding = true
    this.#offset = chunk.to
    this.#promptBytes += chunk.to - chunk.from
    const records = joined(chunk.parts)
    this.#pool.post({ type: 'feed', screen: number, records }, [records.buffer])
    this.#ask()
    return number
  }

  handleReply(reply: Exclude<WorkerReply, { type: 'failed' }>): void {
    if (reply.type === 'checkpoint') {
      const take = this.#requests.get(reply.request)
      this.#requests.delete(reply.request)
      this.#asked.delete(reply.request)
      take?.(reply.checkpoint)
      return
    }
    this.#isFeeding = false
    this.#source.handleAnswers(reply.answers, reply.to)
    if (this.#isOnDuty) this.#followPromptly()
    else this.#run()
  }

  /** Its terminal is gone: it begins anew near the end of the log. */
  handleFailed(): void {
    this.#failures += 1
    this.#number = undefined
    this.#isFeeding = false
    this.#kept = undefined
    const from = Math.max(this.#source.log.keptFrom, this.#source.log.end - SKIP_TO_BYTES)
    this.#isExact = from === 0
    this.#moveTo(from)
    this.#requests.clear()
    for (const waiter of this.#asked.values()) this.#waiters.push(waiter)
    this.#asked.clear()
    for (const waiter of this.#waiters.splice(0)) {
      if (waiter.hasFailed || this.#failures > MAX_FAILURES) {
        waiter.reject(new Error('The terminal of this session has failed.'))
      } else this.#waiters.push({ ...waiter, hasFailed: true })
    }
    this.#run()
  }

  /** Becomes a checkpoint, unless more comes first. */
  sleep(): void {
    const number = this.#number
    const offset = this.#offset
    if (number === undefined || this.#isFeeding || this.#waiters.length > 0) return
    this.#request(number, (checkpoint) => {
      if (this.#number !== number || this.#offset !== offset || this.#waiters.length > 0) return
      this.#kept = KeptCheckpoint.keep(checkpoint, this.#source.file)
      this.#number = undefined
      this.#cursor?.close()
      this.#cursor = undefined
      this.#pool.free(number)
    })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#tickTimer)
    clearTimeout(this.#sleepTimer)
    this.#cursor?.close()
    this.#pool.dequeue(this)
    if (this.#number !== undefined) this.#pool.free(this.#number)
    this.#number = undefined
    const gone = new Error('The session was forgotten.')
    for (const { reject } of [...this.#waiters.splice(0), ...this.#asked.values()]) reject(gone)
    this.#asked.clear()
    this.#requests.clear()
  }

  get #behindBytes(): number {
    return this.#source.log.end - this.#offset
  }

  /** A little at once; what comes in a flood waits for the next tick. */
  #followPromptly(): void {
    const { end } = this.#source.log
    if (this.#behindBytes <= FEED_BYTES && this.#promptBytes <= FEED_BYTES) this.#goal = end
    this.#run()
  }

  #tick(): void {
    const { log } = this.#source
    const isQuiet = !this.#hasOutput
    this.#hasOutput = false
    this.#promptBytes = 0
    this.#tickTimer = undefined
    const isWanted = this.#isOnDuty || this.#behindBytes > LAZY_BYTES
    if (!isQuiet) {
      this.#tickTimer = setTimeout(() => this.#tick(), TICK_MS).unref()
      if (isWanted && this.#behindBytes <= MAX_BEHIND_BYTES) {
        this.#goal = Math.min(log.end, this.#offset + TICK_BYTES)
      }
    } else if (isWanted) {
      if (this.#behindBytes > MAX_BEHIND_BYTES && this.#number !== undefined)
        this.#skip(this.#number)
      this.#goal = log.end
      this.#restLater()
    }
    this.#run()
  }

  #restLater(): void {
    clearTimeout(this.#sleepTimer)
    this.#sleepTimer = setTimeout(() => {
      if (this.#tickTimer === undefined) this.sleep()
    }, SLEEP_AFTER_MS).unref()
  }

  /** Does what has become possible. */
  #run(): void {
    const isIdle = this.#waiters.length === 0 && this.#goal <= this.#offset
    if (isIdle || this.#isClosed || this.#failures > MAX_FAILURES) return
    if (this.#number === undefined) return this.#startWaking()
    this.#ask()
    if (this.#goal > this.#offset) this.#pool.enqueue(this, this.#waiters.length > 0)
  }

  #startWaking(): void {
    if (this.#isWaking) return
    if (this.#kept === undefined) return this.#wake(undefined)
    this.#isWaking = true
    void this.#kept.read().then((checkpoint) => {
      this.#isWaking = false
      if (!this.#isClosed) this.#wake(checkpoint)
    })
  }

  #wake(checkpoint: Checkpoint | undefined): void {
    if (this.#kept && checkpoint === undefined) this.#isExact = false // its file has vanished
    const isFresh = checkpoint === undefined
    const offset = checkpoint?.offset ?? this.#offset
    this.#moveTo(offset)
    this.#kept = undefined
    try {
      this.#number = this.#pool.wake(this)
      this.#pool.post({
        type: 'wake',
        screen: this.#number,
        size: isFresh ? this.#source.size() : checkpoint,
        offset,
        isExact: checkpoint?.isExact ?? this.#isExact,
        ...(checkpoint && { state: checkpoint.bytes }),
      })
    } catch (error) {
      this.#number = undefined
      for (const { reject } of this.#waiters.splice(0)) reject(error as Error) // thrown by Screens.warm alone
      return
    }
    this.#isExact = true
    if (this.#behindBytes > MAX_BEHIND_BYTES && this.#waiters.length === 0) this.#skip(this.#number)
    this.#restLater()
    this.#run()
  }

  /** Leaves out all but the last of it: a viewer must not wait for what scrolls away anyway. */
  #skip(number: number): void {
    const offset = Math.max(this.#offset, this.#source.log.end - SKIP_TO_BYTES)
    this.#moveTo(offset)
    this.#pool.post({ type: 'skip', screen: number, offset, size: this.#source.size() })
  }

  #moveTo(offset: number): void {
    this.#cursor?.close()
    this.#cursor = undefined
    this.#offset = offset
  }

  /** Asks for the checkpoints that can be had by now. */
  #ask(): void {
    const number = this.#number
    if (number === undefined) return
    for (const waiter of this.#waiters.splice(0)) {
      if (waiter.target > this.#offset) this.#waiters.push(waiter)
      else {
        const request = this.#request(number, (checkpoint) => {
          this.#restLater()
          waiter.resolve(checkpoint)
        })
        this.#asked.set(request, waiter)
      }
    }
  }

  #request(number: number, take: (checkpoint: Checkpoint) => void): number {
    const request = ++this.#lastRequest
    this.#requests.set(request, take)
    this.#pool.post({ type: 'checkpoint', screen: number, request })
    return request
  }

  /** What a former host kept, once. */
  async #look(): Promise<void> {
    if (this.#hasLooked) return
    this.#hasLooked = true
    if (this.#number !== undefined || this.#offset > 0 || this.#outputEnd !== undefined) return
    const kept = await KeptCheckpoint.find(this.#source.file)
    if (kept === undefined || this.#number !== undefined || this.#kept) return
    // What it was made of went with the host that crashed.
    if (kept.facts.offset > this.#source.log.end) return
    this.#kept = kept
    this.#offset = kept.facts.offset
  }
}

/** The copy that leaves for the worker: a view would take its whole slab along. */
function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}
