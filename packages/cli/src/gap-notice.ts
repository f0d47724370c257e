// Owns how people are told that bytes of a log are gone.

import type { Gap } from '@limpet/protocol'

/** @returns such as "8388608 bytes are no longer kept (0 to 8388607)" */
export function describeGap({ from, to }: Gap): string {
  return `${to - from} bytes are no longer kept (${from} to ${to - 1})`
}
