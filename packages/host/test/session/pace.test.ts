import { byteOffset, RECORD_KIND } from '@limpet/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MemoryLog } from '../../src/log/index.ts'
import { LOSSLESS_HOLD_MS, STALL_MS } from '../../src/session/limits.ts'
import { Pace } from '../../src/session/pace.ts'
import { ManualClock, viewerOf, type Viewer } from './fixtures.ts'
import { pipesPlan, SessionBench, type BenchViewer } from './session-bench.ts'

const WINDOW = 2000

function setUp(count: number) {
  const log = new MemoryLog()
  const clock = new ManualClock()
  const viewers = Array.from({ length: count }, (_, at) =>
    viewerOf({ log, clock, number: at + 1, windowBytes: WINDOW }),
  )
  const pauses: boolean[] = []
  const pace = new Pace({
    log,
    attachments: () => viewers.map(({ attachment }) => attachment),
    setPaused: (isPaused) => pauses.push(isPaused),
  })
  for (const { attachment } of viewers) attachment.start()
  const write = (bytes: number): void => {
    log.append(RECORD_KIND.stdout, new Uint8Array(bytes), 0)
    for (const { attachment } of viewers) attachment.pump()
    pace.update()
  }
  const acknowledge = ({ attachment }: Viewer, offset: number): void => {
    attachment.acknowledge(byteOffset(offset))
    pace.update()
  }
  const advance = (ms: number): void => {
    clock.ms += ms
    vi.advanceTimersByTime(ms)
  }
  return { pace, pauses, viewers, write, acknowledge, advance }
}

describe('Pace [FLOW-3]', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('lets the process run freely while nobody follows', () => {
    const { write, pauses } = setUp(0)
    write(10_000)
    expect(pauses).toEqual([])
  })

  it('pauses when the only follower is out of window and resumes on its acknowledgement', () => {
    const { write, pauses, viewers, acknowledge } = setUp(1)
    const [viewer] = viewers
    if (!viewer) throw new Error('no viewer')
    write(1500)
    expect(pauses).toEqual([])
    write(1500)
    expect(pauses).toEqual([true])
    acknowledge(viewer, 1500)
    expect(pauses).toEqual([true, false])
  })

  it('goes at the pace of the fastest', () => {
    const { write, pauses, viewers, acknowledge } = setUp(2)
    const [fast] = viewers
    if (!fast) throw new Error('no viewer')
    for (let written = 1000; written <= 10_000; written += 1000) {
      write(1000)
      acknowledge(fast, written)
    }
    expect(pauses).toEqual([])
  })

  it('stops counting one that acknowledges nothing for the stall time, until it has caught up', () => {
    const { write, pauses, viewers, acknowledge, advance } = setUp(1)
    const [viewer] = viewers
    if (!viewer) throw new Error('no viewer')
    write(2000)
    expect(pauses).toEqual([true])
    advance(STALL_MS - 1)
    expect(pauses).toEqual([true])
    advance(1)
    expect(pauses).toEqual([true, false])
    write(2000)
    expect(pauses).toEqual([true, false])
    acknowledge(viewer, 2000)
    expect(pauses).toEqual([true, false, true])
    acknowledge(viewer, 4000)
    expect(pauses).toEqual([true, false, true, false])
  })

  it('keeps waiting for a slow one that still acknowledges', () => {
    const { write, pauses, viewers, acknowledge, advance } = setUp(1)
    const [viewer] = viewers
    if (!viewer) throw new Error('no viewer')
    write(1900)
    write(1900)
    for (let offset = 1; offset <= 5; offset++) {
      advance(STALL_MS / 2)
      acknowledge(viewer, offset)
    }
    expect(pauses).toEqual([true])
  })
})

describe('lossless viewers [FLOW-4]', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const RETAIN = 256 * 1024
  const block = new Uint8Array(1000)

  /** Writes until the process is paused, as its reader would. @returns blocks written */
  const flood = (bench: SessionBench, most = 100_000): number => {
    let count = 0
    while (!bench.process.isPaused && count < most) {
      bench.output(block)
      count++
    }
    return count
  }
  const acknowledge = (bench: SessionBench, { attachment }: BenchViewer, offset: number): void => {
    expect(bench.session.viewers.acknowledge(attachment, byteOffset(offset))).toBe(true)
  }
  const advance = (bench: SessionBench, ms: number): void => {
    bench.clock.ms += ms
    vi.advanceTimersByTime(ms)
  }
  const gapsOf = ({ connection }: BenchViewer): number =>
    connection.records.filter(({ kind }) => kind === RECORD_KIND.gap).length
  const start = (): Promise<SessionBench> => SessionBench.start(pipesPlan, { retainBytes: RETAIN })

  it('never lags: a sole one that stops pauses the process for as long as it takes', async () => {
    const bench = await start()
    const viewer = bench.join({ lossless: true, windowBytes: 4000 })
    expect(flood(bench)).toBe(4)
    advance(bench, 100 * STALL_MS)
    expect(bench.process.isPaused).toBe(true)
    acknowledge(bench, viewer, 4000)
    expect(bench.process.isPaused).toBe(false)
  })

  it('lets a fast one set the pace until bytes are at stake, and loses none', async () => {
    const bench = await start()
    const slow = bench.join({ lossless: true, windowBytes: 4000 })
    const fast = bench.join({ windowBytes: 1_000_000 })
    let written = 0
    while (!bench.process.isPaused) {
      bench.output(block)
      written += 1000
      acknowledge(bench, fast, written)
    }
    expect(written).toBeGreaterThan(RETAIN / 3)
    expect(bench.log.keptFrom).toBe(0)
    for (let offset = 1000; offset <= written; offset += 1000) acknowledge(bench, slow, offset)
    expect(bench.process.isPaused).toBe(false)
    expect(gapsOf(slow)).toBe(0)
    expect(slow.connection.records.map(({ offset }) => offset)).toEqual(
      Array.from({ length: written / 1000 }, (_, at) => at * 1000),
    )
  })

  it('has its place held after its connection was lost, for a minute', async () => {
    const bench = await start()
    bench.join({ lossless: true, client: 1 }).leave({ isLost: true })
    const held = flood(bench)
    expect(held).toBeLessThan(RETAIN / 1000)
    advance(bench, LOSSLESS_HOLD_MS - 1)
    expect([bench.process.isPaused, bench.log.keptFrom]).toEqual([true, 0])
    advance(bench, 1)
    expect(bench.process.isPaused).toBe(false)
    flood(bench, 1000)
    expect(bench.log.keptFrom).toBeGreaterThan(0)
  })

  it('goes on where it was when its client returns, and the old hold ends nothing', async () => {
    const bench = await start()
    bench.join({ lossless: true, client: 1, windowBytes: 4000 }).leave({ isLost: true })
    flood(bench)
    const again = bench.join({ lossless: true, client: 1, windowBytes: 4000 })
    advance(bench, 2 * LOSSLESS_HOLD_MS)
    expect(bench.process.isPaused).toBe(true)
    const { end } = bench.log
    for (let offset = 1000; offset <= end; offset += 1000) acknowledge(bench, again, offset)
    expect([bench.process.isPaused, again.attachment.sent, gapsOf(again)]).toEqual([false, end, 0])
  })

  it('gives its place up when it detaches, or returns without the wish', async () => {
    for (const giveUp of [
      (viewer: BenchViewer) => viewer.leave(),
      (viewer: BenchViewer, bench: SessionBench) => {
        viewer.leave({ isLost: true })
        bench.join({ client: 1, windowBytes: 1_000_000_000 })
      },
    ]) {
      const bench = await start()
      const viewer = bench.join({ lossless: true, client: 1, windowBytes: 4000 })
      flood(bench)
      giveUp(viewer, bench)
      expect(bench.process.isPaused).toBe(false)
      expect(flood(bench, 1000)).toBe(1000)
    }
  })
})
