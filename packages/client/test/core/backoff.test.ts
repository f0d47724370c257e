import { describe, expect, it } from 'vitest'
import { RETRY_DELAYS_MS, RETRY_JITTER, retryDelayMs } from '../../src/core/backoff.ts'

describe('the backoff table', () => {
  it('begins short, never shrinks, and ends at the last row', () => {
    const delays = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => retryDelayMs(attempt, 0.5))
    expect(delays).toEqual([100, 100, 250, 500, 1000, 2000, 2000, 2000, 2000])
  })

  it('spreads each delay by the jitter, below and above', () => {
    const last = RETRY_DELAYS_MS.at(-1) ?? 0
    expect(retryDelayMs(9, 0)).toBe(last * (1 - RETRY_JITTER))
    expect(retryDelayMs(9, 1)).toBe(last * (1 + RETRY_JITTER))
  })

  it('F01: leaves time for the dial in the 3 s after which a client is back', () => {
    expect(retryDelayMs(1000, 1)).toBeLessThanOrEqual(2600)
  })
})
