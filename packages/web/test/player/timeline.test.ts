import { expect, test } from 'vitest'
import { MAX_PAUSE_MS, recordsUntil, timelineOf } from '../../src/player/timeline.ts'

const SECOND_US = 1_000_000

test('records are played as they were written, but long pauses are shortened', () => {
  const times = [10, 10.5, 3610.5, 3611].map((seconds) => seconds * SECOND_US)
  expect([...timelineOf(times, MAX_PAUSE_MS).times]).toEqual([0, 500, 2500, 3000])
  expect(timelineOf(times, Number.POSITIVE_INFINITY).durationMs).toBe(3_601_000)
})

test('a clock that was set back stands still', () => {
  const times = [10, 11, 5, 6].map((seconds) => seconds * SECOND_US)
  expect([...timelineOf(times, MAX_PAUSE_MS).times]).toEqual([0, 1000, 1000, 2000])
})

test('at a moment everything is there that was written by then', () => {
  const timeline = timelineOf([0, 0, SECOND_US, 2 * SECOND_US], MAX_PAUSE_MS)
  expect([0, 999, 1000, 5000].map((timeMs) => recordsUntil(timeline, timeMs))).toEqual([2, 2, 3, 4])
})
