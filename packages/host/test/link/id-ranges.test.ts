import { attachmentId } from '@limpet/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdRanges } from '../../src/link/id-ranges.ts'
import { MAX_ID_RANGES } from '../../src/link/limits.ts'

const inUse = expect.objectContaining({ code: 'ATTACHMENT_IN_USE' })

/** Adds it, when it was not used before. */
function isTaken(ranges: IdRanges, id: number): boolean {
  try {
    ranges.add(attachmentId(id))
    return false
  } catch {
    return true // the only refusal there is before the limit
  }
}

describe('IdRanges', () => {
  it('knows each id that was used, in whatever order they came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 })), (ids) => {
        const ranges = new IdRanges()
        const used = new Set<number>()
        for (const id of ids) {
          expect(isTaken(ranges, id)).toBe(used.has(id))
          used.add(id)
        }
      }),
    )
  })

  it('holds one range for a client that counts, and refuses one that scatters before it fills the memory', () => {
    const ranges = new IdRanges()
    for (let id = 0; id < 2 * MAX_ID_RANGES; id++) ranges.add(attachmentId(id))
    for (let at = 1; at < MAX_ID_RANGES; at++) ranges.add(attachmentId(1_000_000 + 2 * at))
    expect(() => ranges.add(attachmentId(3_000_000))).toThrow(
      expect.objectContaining({ code: 'QUEUE_FULL' }),
    )
    expect(() => ranges.add(attachmentId(5))).toThrow(inUse)
    ranges.add(attachmentId(2 * MAX_ID_RANGES))
  })
})
