// Owns when a process is paused: only while some viewer follows live and all who follow are out of window.
// The fastest viewer sets the pace; one that stands still for STALL_MS stops counting [FLOW-3].

import type { Attachment } from './attachment.ts'
import { STALL_MS } from './limits.ts'

export interface PaceOptions {
  readonly attachments: () => Iterable<Attachment>
  /** Stops and starts reading the process's descriptors. */
  readonly setPaused: (isPaused: boolean) => void
}

export class Pace {
  readonly #options: PaceOptions
  #isPaused = false
  #stallTimer: NodeJS.Timeout | undefined

  constructor(options: PaceOptions) {
    this.#options = options
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Looks again; called after each output, acknowledgement, attach and detach. */
  update(): void {
    let followers = 0
    let blocked = 0
    let longestMs = 0
    for (const attachment of this.#options.attachments()) {
      if (!attachment.isFollowing) continue
      const { blockedMs } = attachment
      if (blockedMs >= STALL_MS) {
        attachment.lag()
        continue
      }
      followers++
      if (!attachment.isBlocked) continue
      blocked++
      longestMs = Math.max(longestMs, blockedMs)
    }
    this.#set(followers > 0 && blocked === followers, longestMs)
  }

  close(): void {
    clearTimeout(this.#stallTimer)
  }

  #set(isPaused: boolean, blockedMs: number): void {
    clearTimeout(this.#stallTimer)
    // Nothing else may ever happen while paused, so the stall must be noticed by time.
    if (isPaused) this.#stallTimer = setTimeout(() => this.update(), STALL_MS - blockedMs)
    if (isPaused === this.#isPaused) return
    this.#isPaused = isPaused
    this.#options.setPaused(isPaused)
  }
}
