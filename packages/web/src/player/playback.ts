// Owns playing a recording: where it is, how fast it goes, and jumping. Two projectors take turns: what lies behind,
// or far ahead, is made ready on the one that nobody sees. Before: player-view.tsx; after: projector.ts.

import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { TerminalSize } from '@limpet/protocol'
import { createXterm } from '../terminal/xterm-options.ts'
import { Projector, type Snapshot } from './projector.ts'
import type { Recording } from './recording.ts'
import { MAX_PAUSE_MS, recordsUntil, timelineOf, type Timeline } from './timeline.ts'

/** As the machine ran, and what people choose from. */
export const SPEEDS = [0.5, 1, 2, 4, 8, 16] as const
export type Speed = (typeof SPEEDS)[number]

/** Bytes that are shown running past rather than made ready unseen. */
const NEAR_BYTES = 128 * 1024

export class Playback {
  readonly recording: Recording
  readonly projectors: readonly [Projector, Projector]
  /** Which of them is seen. */
  readonly front: Signal<0 | 1> = signal(0)
  /** Milliseconds from the beginning of what is played. */
  readonly positionMs: Signal<number> = signal(0)
  readonly isPlaying: Signal<boolean> = signal(false)
  readonly speed: Signal<Speed> = signal(1)
  /** False: pauses are as long as they were. */
  readonly shortensPauses: Signal<boolean> = signal(true)
  readonly timeline: ReadonlySignal<Timeline>
  /** The grid of what is seen. */
  readonly size: Signal<TerminalSize>
  /** Grows with each jump: only the newest is carried out. */
  #wish = 0
  /** The jump that is carried out: the next one waits until it has noticed. */
  #showing: Promise<void> = Promise.resolve()
  #isFeeding = false
  #lastFrame: number | undefined
  #isClosed = false

  constructor(recording: Recording, fontSize: number) {
    this.recording = recording
    this.size = signal(recording.size)
    const snapshots: Snapshot[] = []
    const { size, isTty } = recording
    const make = (): Projector => {
      const xterm = createXterm({ ...size, fontSize, convertEol: !isTty })
      // Nothing is typed here.
      xterm.options.disableStdin = true
      return new Projector({ recording, xterm, snapshots })
    }
    this.projectors = [make(), make()]
    const times = recording.records.map(({ timeUs }) => timeUs)
    this.timeline = computed(() =>
      timelineOf(times, this.shortensPauses.value ? MAX_PAUSE_MS : Number.POSITIVE_INFINITY),
    )
  }

  /** Milliseconds since 1970 at what is seen, by the machine's clock. */
  wallTime(): number {
    const { records } = this.recording
    const index = Math.max(0, recordsUntil(this.timeline.value, this.positionMs.value) - 1)
    return (records[index]?.timeUs ?? 0) / 1000
  }

  play(): void {
    if (this.isPlaying.peek()) return
    if (this.positionMs.peek() >= this.timeline.peek().durationMs) void this.seek(0)
    this.isPlaying.value = true
    this.#lastFrame = undefined
    requestAnimationFrame(this.#tick)
  }

  pause(): void {
    this.isPlaying.value = false
  }

  toggle(): void {
    if (this.isPlaying.peek()) this.pause()
    else this.play()
  }

  /** One choice faster (1) or slower (-1). */
  changeSpeed(step: 1 | -1): void {
    const index = SPEEDS.indexOf(this.speed.peek()) + step
    this.speed.value = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index))] ?? 1
  }

  /** The same moment, with pauses as they were or shortened. */
  setShortensPauses(shortens: boolean): void {
    const shown = recordsUntil(this.timeline.peek(), this.positionMs.peek())
    this.shortensPauses.value = shortens
    this.positionMs.value = this.timeline.peek().times[Math.max(0, shown - 1)] ?? 0
  }

  /** @returns when what was there at that moment is on the screen, or another jump was asked for */
  seek(timeMs: number): Promise<void> {
    const { durationMs } = this.timeline.peek()
    this.positionMs.value = Math.min(durationMs, Math.max(0, timeMs))
    return this.#show(recordsUntil(this.timeline.peek(), this.positionMs.peek()))
  }

  /** To the moment at which a record was written. */
  seekRecord(index: number): Promise<void> {
    this.positionMs.value = this.timeline.peek().times[index] ?? 0
    return this.#show(index + 1)
  }

  close(): void {
    this.#isClosed = true
    this.#wish += 1
    this.isPlaying.value = false
    for (const projector of this.projectors) projector.dispose()
  }

  readonly #tick = (frameMs: number): void => {
    if (!this.isPlaying.peek() || this.#isClosed) return
    const passed = frameMs - (this.#lastFrame ?? frameMs)
    this.#lastFrame = frameMs
    const { durationMs } = this.timeline.peek()
    // While a flood is parsed, time stands still: nothing is skipped.
    if (!this.#isFeeding) {
      const next = this.positionMs.peek() + passed * this.speed.peek()
      this.positionMs.value = Math.min(durationMs, next)
      void this.#show(recordsUntil(this.timeline.peek(), this.positionMs.peek()))
      if (next >= durationMs) this.isPlaying.value = false
    }
    requestAnimationFrame(this.#tick)
  }

  #show(target: number): Promise<void> {
    this.#wish += 1
    const wish = this.#wish
    this.#isFeeding = true
    this.#showing = this.#showing.then(() => this.#carryOut(target, wish))
    return this.#showing
  }

  async #carryOut(target: number, wish: number): Promise<void> {
    const isWanted = (): boolean => wish === this.#wish
    if (!isWanted()) return
    const place = this.front.peek()
    const shown = this.projectors[place]
    const isNear = shown.record <= target && this.#bytesBetween(shown.record, target) <= NEAR_BYTES
    const ready = isNear ? place : place === 0 ? 1 : 0
    const projector = this.projectors[ready]
    if (!isNear) projector.rewind(target)
    await projector.feed(target, isWanted)
    if (!isWanted()) return
    this.#isFeeding = false
    this.front.value = ready
    this.size.value = projector.size
  }

  /** Stops counting when it is more than anybody asks for. */
  #bytesBetween(from: number, to: number): number {
    let bytes = 0
    for (let index = from; index < to && bytes <= NEAR_BYTES; index += 1) {
      const record = this.recording.records[index]
      if (record?.type === 'output') bytes += record.bytes.byteLength
    }
    return bytes
  }
}
