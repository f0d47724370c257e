// Owns when a process is paused: while some viewer follows live and all who follow are out of window, so that the
// fastest sets the pace [FLOW-3]; and while the next output would push bytes out of the log that a lossless
// viewer has not acknowledged [FLOW-4]. One that stands still for STALL_MS stops counting, a lossless one never.

import type { ClientId } from '@limpet/protocol'
import type { SessionLog } from '../log/index.ts'
import type { Attachment } from './attachment.ts'
import { AT_STAKE_CHECK_MS, LOSSLESS_HOLD_MS, LOSSLESS_MARGIN_BYTES, STALL_MS } from './limits.ts'

export interface PaceOptions {
  readonly log: Pick<SessionLog, 'keptFrom' | 'end' | 'safeBytes'>
  readonly attachments: () => Iterable<Attachment>
  /** Stops and starts reading the process's descriptors. */
  readonly setPaused: (isPaused: boolean) => void
}

/** The place of a lossless viewer whose connection was lost. */
interface Hold {
  readonly acknowledged: number
  readonly timer: NodeJS.Timeout
}

export class Pace {
  readonly #options: PaceOptions
  readonly #holds = new Map<ClientId, Hold>()
  #isPaused = false
  #checkTimer: NodeJS.Timeout | undefined

  constructor(options: PaceOptions) {
    this.#options = options
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** A client that returns takes its place from here on; its hold is given up. */
  handleAttached({ client }: Attachment): void {
    this.#release(client)
    this.update()
  }

  /** @param isLost its client may come back: its connection was lost, or it attaches anew */
  handleDetached({ client, isLossless, acknowledged }: Attachment, isLost: boolean): void {
    if (isLossless && isLost) {
      this.#release(client)
      const timer = setTimeout(() => {
        this.#release(client)
        this.update()
      }, LOSSLESS_HOLD_MS)
      this.#holds.set(client, { acknowledged, timer: timer.unref() })
    }
    this.update()
  }

  /** Looks again; called after each output, acknowledgement, attach and detach. */
  update(): void {
    let followers = 0
    let blocked = 0
    let longestMs = 0
    let isAtStake = false
    for (const { acknowledged } of this.#holds.values()) isAtStake ||= this.#isAtStake(acknowledged)
    for (const attachment of this.#options.attachments()) {
      const { isLossless } = attachment
      if (isLossless) isAtStake ||= this.#isAtStake(attachment.acknowledged)
      if (!attachment.isFollowing) continue
      const blockedMs = isLossless ? 0 : attachment.blockedMs
      if (blockedMs >= STALL_MS) {
        attachment.lag()
        continue
      }
      followers++
      if (!attachment.isBlocked) continue
      blocked++
      if (!isLossless) longestMs = Math.max(longestMs, blockedMs)
    }
    const isPaused = isAtStake || (followers > 0 && blocked === followers)
    this.#set(isPaused, isAtStake ? AT_STAKE_CHECK_MS : STALL_MS - longestMs)
  }

  /** The process has ended: it writes nothing more that could push anything out. */
  close(): void {
    clearTimeout(this.#checkTimer)
    for (const client of this.#holds.keys()) this.#release(client)
  }

  /** True when bytes from here on could be discarded by what comes next. What is gone already is no reason to wait. */
  #isAtStake(acknowledged: number): boolean {
    const { keptFrom, end, safeBytes } = this.#options.log
    const margin = Math.min(LOSSLESS_MARGIN_BYTES, safeBytes / 2)
    return end - Math.max(acknowledged, keptFrom) > safeBytes - margin
  }

  #release(client: ClientId): void {
    clearTimeout(this.#holds.get(client)?.timer)
    this.#holds.delete(client)
  }

  #set(isPaused: boolean, checkMs: number): void {
    clearTimeout(this.#checkTimer)
    // Nothing else may ever happen while paused, so a stall, or that the disk has caught up, is noticed by time.
    if (isPaused) this.#checkTimer = setTimeout(() => this.update(), checkMs)
    if (isPaused === this.#isPaused) return
    this.#isPaused = isPaused
    this.#options.setPaused(isPaused)
  }
}
