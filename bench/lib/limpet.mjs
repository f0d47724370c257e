// Owns a Limpet for one measurement: built, started with directories of its own, ended with all it started.

import { startLimpet } from '@limpet/testkit'

/** @import { LimpetFixture } from '@limpet/testkit' */

/**
 * @template T
 * @param {(limpet: LimpetFixture) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withLimpet(use) {
  const limpet = await startLimpet()
  try {
    return await use(limpet)
  } finally {
    await limpet[Symbol.asyncDispose]()
  }
}
