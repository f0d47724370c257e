// Owns which input was taken: every frame is applied at most once and in order, across reconnects.
// Sequences belong to (session, client); the newest MAX_INPUT_CLIENTS clients are remembered.

import { inputSequence, type ClientId, type InputSequence } from '@limpet/protocol'
import { MAX_INPUT_CLIENTS } from './limits.ts'

export type Verdict = 'apply' | 'known' | 'gap' | 'overflow'

interface Entry {
  taken: number
  waitingBytes: number
  /** Taken and not settled, in order: what was settled behind one of these does not count yet. */
  readonly unsettled: Set<InputSequence>
}

export class InputLedger {
  readonly #entries = new Map<ClientId, Entry>()
  readonly #limitBytes: number

  /** @param limitBytes input that one client may have waiting, in bytes */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** What to do with a frame. On 'apply' the frame counts as taken. */
  take(client: ClientId, sequence: InputSequence, bytes: number): Verdict {
    const entry = this.#entry(client)
    if (sequence <= entry.taken) return 'known'
    if (sequence > entry.taken + 1) return 'gap'
    if (entry.waitingBytes + bytes > this.#limitBytes) return 'overflow'
    entry.taken = sequence
    entry.unsettled.add(sequence)
    entry.waitingBytes += bytes
    return 'apply'
  }

  /** The frame's bytes were written to the process, or never will be. */
  settle(client: ClientId, sequence: InputSequence, bytes: number): void {
    const entry = this.#entries.get(client)
    // Not known: the client was forgotten meanwhile, and may have come back as a new one.
    if (!entry?.unsettled.delete(sequence)) return
    entry.waitingBytes -= bytes
  }

  /** Newest sequence that was taken over. */
  taken(client: ClientId): InputSequence {
    return inputSequence(this.#entries.get(client)?.taken ?? 0)
  }

  /** Newest sequence up to which all was written to the process. */
  written(client: ClientId): InputSequence {
    const [waiting] = this.#entries.get(client)?.unsettled ?? []
    return waiting === undefined ? this.taken(client) : inputSequence(waiting - 1)
  }

  /** Finds the client's entry and makes it the newest. */
  #entry(client: ClientId): Entry {
    const entry = this.#entries.get(client) ?? { taken: 0, waitingBytes: 0, unsettled: new Set() }
    this.#entries.delete(client)
    this.#entries.set(client, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > MAX_INPUT_CLIENTS && oldest !== undefined) this.#entries.delete(oldest)
    return entry
  }
}
