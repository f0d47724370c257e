// Owns the terminals of all sessions, as far as they share something: one worker, whose turn it is to feed it, how
// many are awake. Parsing is the worker's; the host's main thread only moves bytes.

import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import {
  MAX_AWAKE,
  MAX_FEEDS_UNDER_WAY,
  MAX_RESTARTS,
  MIN_AWAKE_MS,
  RESTART_WINDOW_MS,
  WORKER_IDLE_MS,
} from './limits.ts'
import type { WorkerReply, WorkerRequest } from './messages.ts'
import { Screen, type ScreenSource } from './screen.ts'
import type { StartWorker, WorkerPort } from './screen-worker.ts'

export interface ScreensOptions {
  readonly startWorker: StartWorker
  readonly clock: Clock
  readonly logger: Logger
}

export class Screens {
  readonly #options: ScreensOptions
  #worker: WorkerPort | undefined
  #idleTimer: NodeJS.Timeout | undefined
  #failedAt: number[] = []
  #lastNumber = 0
  /** By their numbers in messages, those fed longest ago first; and when that was. */
  readonly #awake = new Map<number, { readonly screen: Screen; readonly fedAt: number }>()
  /** Whose turn comes. */
  readonly #waiting = new Set<Screen>()
  #underWay = 0

  constructor(options: ScreensOptions) {
    this.#options = options
  }

  /** The screen of one session; costs nothing until it is needed. */
  open(source: ScreenSource): Screen {
    return new Screen(source, this)
  }

  /** Has a worker at hand: starting one takes longer than any answer should. @throws Error when it keeps failing */
  warm(): WorkerPort {
    clearTimeout(this.#idleTimer)
    this.#worker ??= this.#start()
    this.#endWhenIdle()
    return this.#worker
  }

  /** @returns the number by which the worker knows the terminal from here on */
  wake(screen: Screen): number {
    this.#makeRoom()
    const number = ++this.#lastNumber
    this.#awake.set(number, { screen, fedAt: this.#options.clock.monotonicMs() })
    return number
  }

  free(number: number): void {
    if (!this.#awake.delete(number)) return
    this.#worker?.post({ type: 'free', screen: number })
    this.#endWhenIdle()
  }

  post(request: WorkerRequest, transfer?: readonly ArrayBuffer[]): void {
    this.warm().post(request, transfer)
  }

  /** Asks for a turn to feed. @param isUrgent somebody waits for it */
  enqueue(screen: Screen, isUrgent: boolean): void {
    if (isUrgent && !this.#waiting.has(screen)) {
      const others = [...this.#waiting]
      this.#waiting.clear()
      for (const each of [screen, ...others]) this.#waiting.add(each)
    } else this.#waiting.add(screen)
    this.#turn()
  }

  dequeue(screen: Screen): void {
    this.#waiting.delete(screen)
  }

  close(): void {
    clearTimeout(this.#idleTimer)
    this.#worker?.close()
    this.#worker = undefined
  }

  #turn(): void {
    for (const screen of this.#waiting) {
      if (this.#underWay >= MAX_FEEDS_UNDER_WAY) return
      this.#waiting.delete(screen)
      const number = screen.feed()
      if (number === undefined) continue
      this.#underWay += 1
      this.#awake.delete(number)
      this.#awake.set(number, { screen, fedAt: this.#options.clock.monotonicMs() })
    }
  }

  #handleReply(reply: WorkerReply): void {
    if (reply.type === 'parsed') this.#underWay -= 1
    const screen = this.#awake.get(reply.screen)?.screen
    if (reply.type === 'failed') {
      this.#options.logger.fault('screen.failed', reply.message)
      this.#underWay = Math.max(0, this.#underWay - (screen?.isFeeding === true ? 1 : 0))
      this.#awake.delete(reply.screen)
      screen?.handleFailed()
    } else screen?.handleReply(reply)
    this.#turn()
  }

  #start(): WorkerPort {
    const now = this.#options.clock.monotonicMs()
    this.#failedAt = this.#failedAt.filter((at) => now - at < RESTART_WINDOW_MS)
    if (this.#failedAt.length > MAX_RESTARTS) throw new Error('The screen worker keeps failing.')
    return this.#options.startWorker({
      handleReply: (reply) => this.#handleReply(reply),
      handleFailed: (error) => this.#handleFailed(error),
    })
  }

  /** The worker is gone with all terminals: they begin anew, and the host goes on. */
  #handleFailed(error: Error): void {
    this.#options.logger.fault('screen.worker-failed', error)
    this.#failedAt.push(this.#options.clock.monotonicMs())
    this.#worker = undefined
    this.#underWay = 0
    const awake = [...this.#awake.values()]
    this.#awake.clear()
    for (const { screen } of awake) screen.handleFailed()
  }

  #makeRoom(): void {
    const now = this.#options.clock.monotonicMs()
    for (const { screen, fedAt } of this.#awake.values()) {
      if (this.#awake.size < MAX_AWAKE || now - fedAt < MIN_AWAKE_MS) return
      screen.sleep()
    }
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idleTimer)
    if (this.#worker === undefined || this.#awake.size > 0) return
    this.#idleTimer = setTimeout(() => {
      this.#worker?.close()
      this.#worker = undefined
    }, WORKER_IDLE_MS).unref()
  }
}
