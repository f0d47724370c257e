// Counts what a vitest run did and says it in one plain line, `N passed, N failed`, the last one printed.
// Must not know projects or files. Before: vitest; after: a person, or tools/test.mjs through a file.
import { writeFileSync } from 'node:fs'

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 */

/** Environment variable naming a file that gets the tally as JSON in place of the printed line. */
export const TALLY_FILE_VARIABLE = 'LIMPET_TALLY_FILE'

/** A vitest reporter; listed in vitest.config.ts after the default one. */
export default class TallyReporter {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors thrown outside any test
   */
  onTestRunEnd(modules, unhandledErrors) {
    const tally = tallyOf(modules, unhandledErrors.length)
    const file = process.env[TALLY_FILE_VARIABLE]
    if (file) writeFileSync(file, JSON.stringify(tally))
    else console.log(formatTally(tally))
  }
}

/**
 * Counts tests, and as one failure each: a file that could not be loaded, a failed suite hook, an error outside any test.
 * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
 * @param {number} unhandledErrors
 * @returns {Tally}
 */
export function tallyOf(modules, unhandledErrors) {
  const tally = { passed: 0, failed: unhandledErrors, skipped: 0 }
  for (const module of modules) {
    tally.failed += module.errors().length
    for (const suite of module.children.allSuites()) tally.failed += suite.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      // A test that is still pending when the run ends was cut off: that is no success.
      tally[state === 'pending' ? 'failed' : state] += 1
    }
  }
  return tally
}

/**
 * @param {Tally} tally
 * @returns {string} the line that CI reads
 */
export function formatTally({ passed, failed }) {
  return `${passed} passed, ${failed} failed`
}
