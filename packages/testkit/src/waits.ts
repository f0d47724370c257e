// Owns waiting for what must happen: every wait has a deadline, and its failure says what was seen instead.

import { setTimeout as pause } from 'node:timers/promises'

/** Long enough for a busy two-core machine, short enough to fail before the test's own deadline. */
const DEFAULT_DEADLINE_MS = 20_000

/** Between two looks at something that sends no event (/proc, a file, a screen). */
const POLL_MS = 20

export interface WaitOptions {
  readonly deadlineMs?: number
  /** What to show when the wait fails: a transcript, a screen. */
  readonly transcript?: () => string
}

/**
 * Looks until `look` gives something else than undefined or false.
 * @param what in words, for the failure
 */
export async function waitFor<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  options: WaitOptions = {},
): Promise<T> {
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS
  const endMs = performance.now() + deadlineMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > endMs) throw new Error(failure(what, deadlineMs, options))
    await pause(POLL_MS)
  }
}

/** Gives an event or promise a deadline. @param what in words, for the failure */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  options: WaitOptions = {},
): Promise<T> {
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(failure(what, deadlineMs, options))), deadlineMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function failure(what: string, deadlineMs: number, options: WaitOptions): string {
  const seen = options.transcript ? `\n--- seen instead ---\n${options.transcript()}\n---` : ''
  return `Waited ${deadlineMs} ms in vain for ${what}.${seen}`
}
