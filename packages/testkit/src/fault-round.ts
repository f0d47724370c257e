// Owns how long a fault is injected: one short round in `npm test`, full rounds in `npm run test:soak`; and the
// seed of what is random in it. Must not know any fault.

import { createHash, randomBytes } from 'node:crypto'

/** True in `npm run test:soak`. */
export function isSoak(): boolean {
  return process.env['LIMPET_SOAK'] === '1'
}

/** @param short for every day @param full as SECURITY.md's table of faults has it */
export function inRound<T>(short: T, full: T): T {
  return isSoak() ? full : short
}

/** Random numbers that a seed makes again: the same seed, the same faults at the same moments. */
export class SeededRandom {
  readonly #seed: string
  #drawn = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** @returns an integer from `from` to `to`, both included */
  integer(from: number, to: number): number {
    this.#drawn += 1
    const digest = createHash('sha256').update(`${this.#seed}:${this.#drawn}`).digest()
    return from + (digest.readUIntBE(0, 6) % (to - from + 1))
  }
}

/** @returns what LIMPET_SEED makes again, else something new; printed, for the next time */
export function seededRandom(): SeededRandom {
  const seed = process.env['LIMPET_SEED'] ?? randomBytes(4).toString('hex')
  process.stdout.write(`LIMPET_SEED=${seed}\n`)
  return new SeededRandom(seed)
}
