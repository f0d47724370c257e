import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'

describe('systemClock', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  it('is right again after the machine slept, which the monotonic clock does not count', () => {
    const clock = systemClock()
    clock.nowMs()
    const eightHoursMs = 8 * 3600 * 1000
    vi.setSystemTime(Date.now() + eightHoursMs)
    expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(1000)
    expect(Math.abs(clock.nowUs() / 1000 - Date.now())).toBeLessThan(1000)
  })

  it('never runs backwards when somebody sets the system clock back', () => {
    const clock = systemClock()
    const before = clock.nowUs()
    vi.setSystemTime(Date.now() - 3600 * 1000)
    expect(clock.nowUs()).toBeGreaterThanOrEqual(before)
  })
})
