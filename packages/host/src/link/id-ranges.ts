// Owns which attachment ids a link has used, for as long as it lives. Clients count: their ids are one range, however
// many there were. One that draws them at random is told to connect anew before it fills our memory.

import { LimpetError, type AttachmentId } from '@limpet/protocol'
import { MAX_ID_RANGES } from './limits.ts'

interface Range {
  first: number
  last: number
}

export class IdRanges {
  /** In ascending order, never touching. */
  readonly #ranges: Range[] = []

  /** @throws LimpetError ATTACHMENT_IN_USE when it was used before, QUEUE_FULL when no more can be remembered */
  add(id: AttachmentId): void {
    const at = this.#indexBehind(id)
    const [before, after] = [this.#ranges[at - 1], this.#ranges[at]]
    if (before && id <= before.last) throw inUse(id)
    const joinsBefore = before?.last === id - 1
    const joinsAfter = after?.first === id + 1
    if (before && after && joinsBefore && joinsAfter) {
      before.last = after.last
      this.#ranges.splice(at, 1)
    } else if (before && joinsBefore) before.last = id
    else if (after && joinsAfter) after.first = id
    else if (this.#ranges.length >= MAX_ID_RANGES) throw tooScattered()
    else this.#ranges.splice(at, 0, { first: id, last: id })
  }

  /** Index of the first range that begins behind `id`. */
  #indexBehind(id: number): number {
    let [low, high] = [0, this.#ranges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ranges[middle]?.first ?? 0) <= id) low = middle + 1
      else high = middle
    }
    return low
  }
}

function inUse(id: AttachmentId): LimpetError {
  return new LimpetError(
    'ATTACHMENT_IN_USE',
    `Attachment id ${id} was used on this connection before.`,
    { details: { attachment: id } },
  )
}

function tooScattered(): LimpetError {
  return new LimpetError(
    'QUEUE_FULL',
    `This connection's attachment ids have more than ${MAX_ID_RANGES} holes; count, or connect anew.`,
    { details: { limit: MAX_ID_RANGES } },
  )
}
