// Owns how long to wait before each try to connect again. A table, so that it can be read.

/**
 * After the failed try 1, 2, 3 …; the last one holds from then on. However long it was down or how often it crashed,
 * a gateway that is there again is found within 3 s: the last one with its spread leaves 0.4 s for the dial.
 */
export const RETRY_DELAYS_MS: readonly number[] = [100, 250, 500, 1000, 2000]

/** Each delay is spread over this share below and above it: clients of a restarted gateway come one by one. */
export const RETRY_JITTER = 0.3

/**
 * @param attempt number of the try that failed; 0 when a good connection was lost
 * @param random 0 to 1
 * @returns milliseconds
 */
export function retryDelayMs(attempt: number, random: number): number {
  const row = Math.min(Math.max(attempt, 1), RETRY_DELAYS_MS.length)
  const delayMs = RETRY_DELAYS_MS[row - 1] ?? 0
  return Math.round(delayMs * (1 - RETRY_JITTER + 2 * RETRY_JITTER * random))
}
