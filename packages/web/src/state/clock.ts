// Owns the page's time: nothing else asks the browser for it.

import { signal, type ReadonlySignal } from '@preact/signals'

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** `now()`, renewed once a second: reading it in a component draws that component each second. */
  readonly seconds: ReadonlySignal<number>
}

const TICK_MS = 1000

/** Ticks for as long as the page lives. */
export function createClock(): Clock {
  const seconds = signal(Date.now())
  setInterval(() => {
    seconds.value = Date.now()
  }, TICK_MS)
  return { now: () => Date.now(), seconds }
}
