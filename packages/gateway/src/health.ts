// Owns how well this gateway is, in words of our own that say nothing about anybody: /healthz is public.

import type { Clock } from './clock.ts'
import type { Hosts } from './hosts.ts'
import { LOOP_BEAT_MS, LOOP_BEATS_KEPT, LOOP_LAG_DEGRADED_MS } from './limits.ts'

export type HealthReason = 'host-gone' | 'host-unresponsive' | 'event-loop-lag'

export type HealthReport =
  | { readonly status: 'ok' }
  | { readonly status: 'degraded'; readonly reasons: readonly HealthReason[] }

export class Health {
  readonly #hosts: Hosts
  readonly #clock: Clock
  readonly #timer: NodeJS.Timeout
  #beatAtMs: number
  /** By how much the latest beats were late, oldest first. */
  #lagsMs: readonly number[] = []

  constructor({ hosts, clock }: { hosts: Hosts; clock: Clock }) {
    this.#hosts = hosts
    this.#clock = clock
    this.#beatAtMs = clock.steadyMs()
    this.#timer = setInterval(() => this.#beat(), LOOP_BEAT_MS)
    this.#timer.unref()
  }

  report(): HealthReport {
    const { state } = this.#hosts
    const reasons: HealthReason[] = []
    if (state === 'gone') reasons.push('host-gone')
    if (state === 'unresponsive') reasons.push('host-unresponsive')
    if (Math.max(0, ...this.#lagsMs) > LOOP_LAG_DEGRADED_MS) reasons.push('event-loop-lag')
    return reasons.length === 0 ? { status: 'ok' } : { status: 'degraded', reasons }
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    const now = this.#clock.steadyMs()
    const lagMs = now - this.#beatAtMs - LOOP_BEAT_MS
    this.#beatAtMs = now
    this.#lagsMs = [...this.#lagsMs, lagMs].slice(-LOOP_BEATS_KEPT)
  }
}
