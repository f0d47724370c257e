// Owns when each record is played: as it was written, but that long pauses are shortened. Pure.

/** Nobody waits longer than this for something to happen, in milliseconds. */
export const MAX_PAUSE_MS = 2000

export interface Timeline {
  /** Of each record: milliseconds from the beginning; they never fall. */
  readonly times: Float64Array
  readonly durationMs: number
}

/**
 * @param timesUs of each record, microseconds since 1970; a clock that was set back counts as standing still
 * @param maxPauseMs pauses longer than this are cut to it; infinite for none
 */
export function timelineOf(timesUs: readonly number[], maxPauseMs: number): Timeline {
  const times = new Float64Array(timesUs.length)
  let now = 0
  for (let index = 1; index < timesUs.length; index += 1) {
    const pause = ((timesUs[index] ?? 0) - (timesUs[index - 1] ?? 0)) / 1000
    now += Math.min(maxPauseMs, Math.max(0, pause))
    times[index] = now
  }
  return { times, durationMs: now }
}

/** @returns how many records are written by this moment */
export function recordsUntil({ times }: Timeline, timeMs: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) <= timeMs) low = middle + 1
    else high = middle
  }
  return low
}
