// Owns the spare slabs of all logs: a flood that nobody watches makes no garbage.

import { MAX_SPARE_SLABS, SLAB_BYTES } from './limits.ts'

export class SlabPool {
  readonly #spares: Uint8Array[] = []

  /** @returns memory that nobody else looks at, with any content */
  take(bytes: number): Uint8Array {
    const spare = bytes === SLAB_BYTES ? this.#spares.pop() : undefined
    return spare ?? Buffer.allocUnsafeSlow(bytes)
  }

  /** @param bytes memory of which nobody holds a view any more */
  give(bytes: Uint8Array): void {
    if (bytes.byteLength !== SLAB_BYTES || this.#spares.length >= MAX_SPARE_SLABS) return
    this.#spares.push(bytes)
  }
}
