// A story of one session, told by random steps to the real session, log and attachments: output, acknowledgements,
// slow sockets, lost connections, resizes, time. After each step the rules of the log and of flow are looked at from
// outside, by what was sent alone.

import assert from 'node:assert/strict'
import { byteOffset, factOf, loggedBytes, RECORD_KIND, type LogRecord } from '@limpet/protocol'
import { vi } from 'vitest'
import { LOSSLESS_HOLD_MS, STALL_MS } from '../../src/session/limits.ts'
import { SessionBench, type BenchViewer } from './session-bench.ts'

/** Largest output of one step. */
export const MAX_OUTPUT_BYTES = 8000

/** Small, so that much is forgotten. */
const RETAIN_BYTES = 160 * 1024

/** Differs at each of 251 places in a row, so that a lost or doubled byte shows. */
const PATTERN: Uint8Array = Uint8Array.from({ length: 251 + MAX_OUTPUT_BYTES }, (_, at) => at % 251)

export type Step =
  | { readonly do: 'output'; readonly bytes: number; readonly times: number }
  | { readonly do: 'acknowledge'; readonly who: number; readonly share: number }
  | { readonly do: 'join'; readonly client: number; readonly from: 'start' | 'end' | 'resume' }
  | { readonly do: 'leave'; readonly who: number; readonly isLost: boolean }
  | { readonly do: 'socket'; readonly who: number; readonly isFull: boolean }
  | { readonly do: 'resize'; readonly who: number; readonly columns: number }
  | { readonly do: 'wait'; readonly ms: number }

/** Clients differ in their windows; two of six are lossless. */
const isLossless = (client: number): boolean => client >= 4
const windowOf = (client: number): number => 16 * 1024 * (1 + client)

interface Place {
  readonly client: number
  readonly from: number
  readonly viewer: BenchViewer
  /** Of its records, those that were looked at. */
  looked: number
  received: number
  acknowledged: number
  /** Oldest byte kept when it came: what was gone before is nobody's fault. */
  readonly keptFrom: number
  readonly gaps: { readonly from: number; readonly to: number }[]
}

export class FlowStory {
  readonly #bench: SessionBench
  /** What the process wrote, and where that lies in the log. */
  readonly #written: { readonly offset: number; readonly bytes: Uint8Array }[] = []
  #total = 0
  #places: Place[] = []
  /** Where each client is when it comes back, and since when it has been away. */
  readonly #resume = new Map<number, { offset: number; lostAt: number | undefined }>()

  private constructor(bench: SessionBench) {
    this.#bench = bench
  }

  static async begin(): Promise<FlowStory> {
    return new FlowStory(await SessionBench.start(undefined, { retainBytes: RETAIN_BYTES }))
  }

  take(step: Step): void {
    this.#act(step)
    for (const place of this.#places) this.#look(place)
    if (this.#bench.process.isPaused) this.#expectReasonToPause()
  }

  /** Everybody reads on: the process goes on, and each gets all there is. */
  end(): void {
    for (const place of this.#places) place.viewer.connection.bufferedBytes = 0
    for (let isMoving = true; isMoving;) {
      const before = this.#places.map(({ received }) => received)
      for (const place of this.#places) {
        this.#bench.session.viewers.pump(place.viewer.attachment)
        this.#look(place)
        this.#acknowledge(place, place.received)
        this.#look(place)
      }
      isMoving = this.#places.some(({ received }, at) => received !== before[at])
    }
    const { end } = this.#bench.log
    for (const { received } of this.#places) assert.equal(received, end)
    // Who is away may still be waited for, a minute at most.
    this.#wait(LOSSLESS_HOLD_MS)
    assert.equal(this.#bench.process.isPaused, false)
  }

  #act(step: Step): void {
    if (step.do === 'output') return this.#output(step)
    if (step.do === 'join') return this.#join(step)
    if (step.do === 'wait') return this.#wait(step.ms)
    const place = this.#places[step.who % Math.max(1, this.#places.length)]
    if (place === undefined) return
    const { attachment, connection } = place.viewer
    if (step.do === 'acknowledge') {
      const due = place.received - place.acknowledged
      this.#acknowledge(place, place.acknowledged + Math.floor(due * step.share))
    } else if (step.do === 'leave') this.#leave(place, step.isLost)
    else if (step.do === 'resize') {
      this.#bench.session.resize(attachment, { columns: step.columns, rows: 24 })
    } else {
      connection.bufferedBytes = step.isFull ? 2 ** 30 : 0
      this.#bench.session.viewers.pump(attachment)
    }
  }

  /** A paused process writes nothing. */
  #output({ bytes, times }: { readonly bytes: number; readonly times: number }): void {
    for (let at = 0; at < times && !this.#bench.process.isPaused; at++) {
      const phase = this.#total % 251
      const block = PATTERN.subarray(phase, phase + bytes)
      this.#written.push({ offset: this.#bench.log.end, bytes: block })
      this.#total += bytes
      this.#bench.output(block)
    }
  }

  #join({ client, from }: { readonly client: number; readonly from: string }): void {
    const { log } = this.#bench
    const old = this.#places.find((place) => place.client === client)
    // What a host does when a client attaches anew: its older viewer makes room.
    if (old) this.#leave(old, true)
    const resumed = this.#resume.get(client)
    const offset =
      from === 'end'
        ? log.end
        : from === 'resume'
          ? (resumed?.offset ?? log.keptFrom)
          : log.keptFrom
    const isHeld =
      resumed?.lostAt !== undefined && this.#bench.clock.ms - resumed.lostAt < LOSSLESS_HOLD_MS
    const keptFrom = isLossless(client) && isHeld ? 0 : log.keptFrom
    const viewer = this.#bench.join({
      client,
      from: offset,
      windowBytes: windowOf(client),
      lossless: isLossless(client),
      size: { columns: 80 + client, rows: 24 },
    })
    this.#places.push({
      client,
      from: offset,
      viewer,
      looked: 0,
      received: offset,
      acknowledged: offset,
      keptFrom,
      gaps: [],
    })
  }

  #leave(place: Place, isLost: boolean): void {
    this.#look(place)
    place.viewer.leave({ isLost })
    this.#places = this.#places.filter((other) => other !== place)
    const lostAt = isLost ? this.#bench.clock.ms : undefined
    this.#resume.set(place.client, { offset: place.received, lostAt })
  }

  #acknowledge(place: Place, offset: number): void {
    place.acknowledged = offset
    assert.ok(this.#bench.session.viewers.acknowledge(place.viewer.attachment, byteOffset(offset)))
  }

  #wait(ms: number): void {
    this.#bench.clock.ms += ms
    vi.advanceTimersByTime(ms)
    if (ms < STALL_MS || !this.#bench.process.isPaused) return
    // [FLOW-3] Whoever stood still for so long counts no more; only a lossless one makes the process wait.
    const waitsForLossless = this.#places.some(
      ({ client, viewer }) => isLossless(client) && viewer.attachment.isFollowing,
    )
    assert.ok(waitsForLossless || this.#isAtStake(), 'a stalled viewer stops the process')
  }

  /** [LOG-2] [FLOW-1] Contiguous, each byte once and as written, gaps said aloud, never more than the window. */
  #look(place: Place): void {
    const records = place.viewer.connection.records
    for (const record of records.slice(place.looked)) this.#lookAt(place, record)
    place.looked = records.length
    const gone = place.gaps
      .map(({ from, to }) => Math.max(0, to - Math.max(from, place.acknowledged)))
      .reduce((sum, bytes) => sum + bytes, 0)
    assert.ok(place.received - place.acknowledged - gone <= windowOf(place.client), 'window')
  }

  #lookAt(place: Place, record: LogRecord): void {
    assert.equal(record.offset, place.received)
    if (record.kind === RECORD_KIND.gap) {
      const fact = factOf(record)
      if (fact.type !== 'gap') throw new Error('a gap that is none')
      // [FLOW-4] A lossless one loses only what was gone when it came.
      if (isLossless(place.client)) assert.ok(fact.gap.to <= place.keptFrom, 'lossless')
      assert.ok(fact.gap.to <= this.#bench.log.keptFrom, 'kept')
      place.gaps.push(fact.gap)
      place.received = fact.gap.to
      return
    }
    if (record.kind === RECORD_KIND.stdout) this.#expectAsWritten(record)
    place.received += loggedBytes(record)
  }

  #expectAsWritten({ offset, payload }: LogRecord): void {
    const written = this.#written.findLast((one) => one.offset <= offset)
    if (written === undefined) throw new Error(`nobody wrote at ${offset}`)
    const from = offset - written.offset
    const isSame =
      Buffer.compare(payload, written.bytes.subarray(from, from + payload.length)) === 0
    assert.ok(isSame, `other bytes at ${offset}`)
  }

  /** [FLOW-3] Never while somebody who follows has room, but for what a lossless one would lose. */
  #expectReasonToPause(): void {
    const followers = this.#places.filter(({ viewer }) => viewer.attachment.isFollowing)
    const withRoom = followers.filter(({ viewer }) => !viewer.attachment.isBlocked)
    const isWaiting = followers.length > 0 && withRoom.length === 0
    assert.ok(isWaiting || this.#isAtStake(), 'paused though somebody who follows has room')
  }

  /** Some lossless client, here or away, is so far behind that the log would soon forget what it has not read. */
  #isAtStake(): boolean {
    const { keptFrom, end, safeBytes } = this.#bench.log
    const places = this.#places.filter(({ client }) => isLossless(client))
    const acknowledged = places.map((place) => place.acknowledged)
    const away = [...this.#resume].filter(([client]) => isLossless(client))
    // What it had received it may not have acknowledged: the host goes by the latter, so this is the strictest bound.
    for (const [, { offset, lostAt }] of away) {
      if (lostAt !== undefined) acknowledged.push(Math.max(0, offset - windowOf(5)))
    }
    return acknowledged.some((offset) => end - Math.max(offset, keptFrom) > safeBytes / 2)
  }
}
