// Records as a log would hold them, for tests of what the player makes of them.

import { byteOffset } from '@limpet/protocol'
import type { LogRecord } from '../../src/player/recording.ts'

/** Output, one record for each piece, a second apart. @param pieces text, or bytes where it is torn */
export function recordsOf(...pieces: readonly (string | Uint8Array)[]): LogRecord[] {
  let end = 0
  return pieces.map((piece, index) => {
    const bytes = typeof piece === 'string' ? new TextEncoder().encode(piece) : piece
    const offset = byteOffset(end)
    end += bytes.byteLength
    return {
      type: 'output',
      stream: 'stdout',
      bytes,
      offset,
      end: byteOffset(end),
      timeUs: index * 1_000_000,
      isContinued: false,
    }
  })
}
