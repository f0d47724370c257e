import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ReplayClock } from '../src/replay/replay-clock.ts'

describe('ReplayClock', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function clock(options: { speed?: number; maxWaitMs?: number } = {}): ReplayClock {
    const { speed = 1, maxWaitMs = 60_000 } = options
    return new ReplayClock({ speed, maxWaitMs, nowMs: () => performance.now() })
  }

  /** @returns how long each of the moments took to come */
  async function waits(of: ReplayClock, moments: readonly number[]): Promise<number[]> {
    const found: number[] = []
    for (const moment of moments) {
      const startMs = performance.now()
      const turn = of.turnOf(moment).then(() => performance.now() - startMs)
      await vi.runAllTimersAsync()
      found.push(await turn)
    }
    return found
  }

  test('waits as long as it took, the first moment not at all', async () => {
    expect(await waits(clock(), [5000, 5100, 5100, 5600])).toEqual([0, 100, 0, 500])
  })

  test('is so many times as fast, and no wait is longer than the limit', async () => {
    expect(await waits(clock({ speed: 4 }), [0, 400, 800])).toEqual([0, 100, 100])
    expect(await waits(clock({ maxWaitMs: 50 }), [0, 100_000, 100_010])).toEqual([0, 50, 10])
  })

  test('never goes back, and does not hurry after a reader who was slow', async () => {
    const slow = clock()
    await waits(slow, [0, 100])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await waits(slow, [50, 1000, 2000])).toEqual([0, 700, 1000])
  })

  test('stands still while it is paused, and then waits for the rest', async () => {
    const paused = clock()
    await waits(paused, [0])
    let hasCome = false
    const turn = paused.turnOf(1000).then(() => (hasCome = true))
    await vi.advanceTimersByTimeAsync(400)
    paused.togglePause()
    expect(paused.isPaused).toBe(true)
    await vi.advanceTimersByTimeAsync(100_000)
    expect(hasCome).toBe(false)
    paused.togglePause()
    await vi.advanceTimersByTimeAsync(500)
    expect(hasCome).toBe(false)
    await vi.advanceTimersByTimeAsync(200)
    await turn
  })

  test('changes its speed in the middle of a wait', async () => {
    const faster = clock()
    await waits(faster, [0])
    let hasCome = false
    const turn = faster.turnOf(10_000).then(() => (hasCome = true))
    await vi.advanceTimersByTimeAsync(2000)
    faster.changeSpeed(4)
    await vi.advanceTimersByTimeAsync(1900)
    expect(hasCome).toBe(false)
    await vi.advanceTimersByTimeAsync(200)
    await turn
    expect(hasCome).toBe(true)
  })

  test('shows at once what is skipped, and goes on behind it at its pace', async () => {
    const skipping = clock()
    await waits(skipping, [0])
    const turn = skipping.turnOf(4000)
    skipping.skip(10_000)
    expect(await turn).toBe(true)
    expect(await waits(skipping, [13_999, 14_499])).toEqual([0, 500])
  })

  test('gives no turn once it was ended, and ends a wait at once', async () => {
    const ended = clock()
    await waits(ended, [0])
    const turn = ended.turnOf(1_000_000)
    ended.end()
    expect(await turn).toBe(false)
    expect(await ended.turnOf(1_000_001)).toBe(false)
  })
})
