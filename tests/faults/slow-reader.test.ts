// F08: somebody on a bad line, and somebody who does not keep up, watch the same flood as a fast viewer.

import { setTimeout as pause } from 'node:timers/promises' // fixed wait: how long a rate is measured
import { connect, type Limpet, type Session } from '@limpet/client'
import {
  inRound,
  leakCheck,
  recordFigure,
  residentBytes,
  startLimpet,
  TcpProxy,
  waitFor,
  within,
  type LimpetFixture,
} from '@limpet/testkit'
import { expect, test } from 'vitest'

const SLOW_BYTES_PER_SECOND = 1024
const PAIRS = inRound(3, 10)
const MEASURE_MS = inRound(1000, 6000)

/** What a log keeps on disk. */
const KEPT_BYTES = 64 * 1024 * 1024
/** From then on segments come and go. */
const WARM_UP_BYTES = 2 * KEPT_BYTES
const MIN_SHARE = 0.8
const MAX_GROWTH_BYTES = 16 * 1024 * 1024
const MEBIBYTE = 1024 * 1024

/** Reads a session as fast as it can, or not at all until it may; then up to the gap. */
class Reader {
  readonly session: Session
  bytes = 0
  gaps = 0
  #mayRead: Promise<void> | undefined

  constructor(session: Session, mayRead?: Promise<void>) {
    this.session = session
    this.#mayRead = mayRead
    // Its end is the detaching.
    void this.#read().catch(() => {})
  }

  async #read(): Promise<void> {
    for await (const record of this.session.output) {
      if (record.type === 'gap') this.gaps += 1
      if (record.type === 'output') this.bytes += record.bytes.byteLength
      // One who was stopped has seen what it is for. Reading on, it would be another fast one.
      if (this.#mayRead && this.gaps > 0) return
      await this.#mayRead
    }
  }
}

test(
  '[FLOW-2] F08: two slow readers leave a fast one its rate, host and gateway their size, and hear of their gap',
  { timeout: 60_000 + PAIRS * MEASURE_MS * 4 },
  async () => {
    await using limpet = await startLimpet()
    await using line = await TcpProxy.start(limpet.url, { bytesPerSecond: SLOW_BYTES_PER_SECOND })
    await using client = await limpet.connect()
    const leaks = leakCheck(limpet)
    const fast = new Reader(await client.open({ argv: ['yes', 'y'.repeat(63)] }))
    // Warms up both ends: a log that lets go of its oldest, and a reader that falls behind it.
    await waitFor('a log as long as it gets', () => fast.bytes > WARM_UP_BYTES)
    await (await SlowReaders.attach(limpet, line, fast)).leave()
    const before = memoryOf(limpet)
    const soloRates: number[] = []
    const besideRates: number[] = []
    let grown = 0
    let gaps = 0
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const solo = await measure(fast)
      const slow = await SlowReaders.attach(limpet, line, fast)
      const beside = await measure(fast)
      grown = Math.max(grown, ...grownSince(before, limpet))
      gaps += await slow.leave()
      soloRates.push(solo)
      besideRates.push(beside)
    }
    expect(fast.gaps).toBe(0)
    expect(gaps).toBeGreaterThanOrEqual(PAIRS)
    expect(grown).toBeLessThan(MAX_GROWTH_BYTES)
    // The best of each: other work of the machine slows both down, now this one, now that one.
    const share = Math.max(...besideRates) / Math.max(...soloRates)
    expect(share).toBeGreaterThan(MIN_SHARE)
    await fast.session.close()
    await client.request('session.remove', { session: fast.session.id })
    await leaks.expectNone()
    recordFigure(
      'F08',
      `the fast one keeps ${(share * 100).toFixed(0)} % of ${(Math.max(...soloRates) / MEBIBYTE).toFixed(0)} MiB/s ` +
        `(best of ${PAIRS} each), host and gateway grow by ${(grown / MEBIBYTE).toFixed(1)} MiB at most, ` +
        `${gaps} gaps announced to the slow ones`,
    )
  },
)

/** One on a line of 1 KiB/s, and one with a good line who stops to look. */
class SlowReaders {
  readonly #clients: readonly Limpet[]
  readonly #readers: readonly [stopped: Reader, trickled: Reader]
  readonly #readOn: () => void
  /** Resolves when more was written since they came than is kept. */
  readonly #leftBehind: () => Promise<unknown>

  constructor(options: {
    readonly clients: readonly Limpet[]
    readonly readers: readonly [stopped: Reader, trickled: Reader]
    readonly readOn: () => void
    readonly leftBehind: () => Promise<unknown>
  }) {
    this.#clients = options.clients
    this.#readers = options.readers
    this.#readOn = options.readOn
    this.#leftBehind = options.leftBehind
  }

  static async attach(limpet: LimpetFixture, line: TcpProxy, fast: Reader): Promise<SlowReaders> {
    const { id } = fast.session
    const goalBytes = fast.bytes + 2 * KEPT_BYTES
    const leftBehind = (): Promise<unknown> =>
      waitFor('more than is kept', () => fast.bytes > goalBytes)
    const onBadLine = await connect(line.url, { token: limpet.token })
    const onGoodLine = await limpet.connect()
    const trickled = new Reader(await onBadLine.attach(id, { from: 'end' }))
    let readOn = (): void => {}
    const mayRead = new Promise<void>((resolve) => (readOn = resolve))
    const stopped = new Reader(await onGoodLine.attach(id, { from: 'end' }), mayRead)
    const clients = [onBadLine, onGoodLine]
    return new SlowReaders({ clients, readers: [stopped, trickled], readOn, leftBehind })
  }

  /** @returns how many gaps were announced to the one who stopped, once it reads on */
  async leave(): Promise<number> {
    await this.#leftBehind()
    this.#readOn()
    const [stopped, trickled] = this.#readers
    await waitFor('the gap', () => stopped.gaps > 0)
    const gaps = stopped.gaps + trickled.gaps
    await within('the good-byes', Promise.all(this.#clients.map((client) => client.close())))
    return gaps
  }
}

/** @returns bytes a second */
async function measure(reader: Reader): Promise<number> {
  const from = reader.bytes
  const startedMs = performance.now()
  await pause(MEASURE_MS) // fixed wait: how long a rate is measured
  return ((reader.bytes - from) / (performance.now() - startedMs)) * 1000
}

function memoryOf(limpet: LimpetFixture): readonly number[] {
  return [residentBytes(limpet.hostPid), residentBytes(limpet.pid)]
}

function grownSince(before: readonly number[], limpet: LimpetFixture): readonly number[] {
  return memoryOf(limpet).map((bytes, index) => bytes - (before[index] ?? 0))
}
