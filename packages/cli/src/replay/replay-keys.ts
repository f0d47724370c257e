// Owns what keys do while a recording plays. Before: the raw terminal; after: the replay's clock.

/** Recorded time that one press of "right" skips. */
const SKIP_MS = 10_000

export interface ReplayActions {
  togglePause(): void
  changeSpeed(factor: number): void
  skip(recordedMs: number): void
  end(): void
}

/* oxlint-disable no-control-regex -- keys are control sequences */

/** Arrow keys come in two ways: as cursor keys, and in application mode. */
const KEYS: readonly { readonly bytes: RegExp; readonly act: (on: ReplayActions) => void }[] = [
  { bytes: /^ $/, act: (on) => on.togglePause() },
  { bytes: /^\x1b[[O]C$/, act: (on) => on.skip(SKIP_MS) }, // right
  { bytes: /^\x1b[[O]A$/, act: (on) => on.changeSpeed(2) }, // up
  { bytes: /^\x1b[[O]B$/, act: (on) => on.changeSpeed(1 / 2) }, // down
  { bytes: /^[q\x03\x04\x1c]$/, act: (on) => on.end() }, // q, Ctrl-C, Ctrl-D, Ctrl-\
]

/** One key at a time, or several in one read. */
const EACH_KEY = /\x1b[[O][A-Z]|[^]/g

/** @param bytes as they came from the keyboard; what is no key of ours does nothing */
export function handleReplayKeys(bytes: Uint8Array, actions: ReplayActions): void {
  const text = Buffer.from(bytes).toString('latin1')
  for (const [pressed] of text.matchAll(EACH_KEY)) {
    KEYS.find((key) => key.bytes.test(pressed))?.act(actions)
  }
}
