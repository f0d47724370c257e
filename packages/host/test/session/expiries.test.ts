// F38: sessions that are kept for longer than a timer can wait.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Expiries } from '../../src/session/expiries.ts'
import { ManualClock } from './fixtures.ts'

const DAY_MS = 24 * 60 * 60 * 1000

describe('Expiries', () => {
  const clock = new ManualClock()
  let expired: string[]
  let expiries: Expiries<string>

  beforeEach(() => {
    vi.useFakeTimers()
    expired = []
    expiries = new Expiries(clock, (one) => expired.push(one))
  })

  afterEach(() => {
    expiries.close()
    const left = vi.getTimerCount()
    vi.useRealTimers()
    if (left > 0) throw new Error(`${left} timers are left`)
  })

  async function pass(ms: number): Promise<void> {
    clock.ms += ms
    await vi.advanceTimersByTimeAsync(ms)
  }

  it('fires for 30 days, and for 2^31 ms and more, when they have passed and not at once', async () => {
    expiries.set('a month', clock.ms + 30 * DAY_MS)
    expiries.set('a timer too long', clock.ms + 2 ** 31)
    expiries.set('ten years', clock.ms + 3650 * DAY_MS)
    await pass(300)
    expect(expired).toEqual([])
    for (let day = 0; day < 31; day++) await pass(DAY_MS)
    expect(expired).toEqual(['a timer too long', 'a month'])
    for (let year = 0; year < 10; year++) await pass(365 * DAY_MS)
    expect(expired).toEqual(['a timer too long', 'a month', 'ten years'])
  })

  it('fires at once for what is over, and not at all for what was taken back', async () => {
    expiries.set('over', clock.ms - 1)
    expiries.set('removed', clock.ms + 10)
    expiries.delete('removed')
    await pass(20)
    expect(expired).toEqual(['over'])
  })
})
