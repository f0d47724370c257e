// Owns what makes a test lie: being left out, being the only one, or hoping that a fixed time is enough.
import { complainByLine } from './repository.mjs'

/** @import { Problem, Repository } from './repository.mjs' */

/** Not tools/test: those tests hold the very words that are looked for. */
const TEST_CODE = /^(?:packages\/[^/]+\/test|tests)\/.*\.(?:ts|tsx|mjs)$/

/** Of vitest, wherever it stands in the chain: `test.concurrent.skip`, `describe.skipIf(…)`, `context.skip()`. */
const LEFT_OUT =
  /\b(?:test|it|describe|suite|bench|context|ctx)(?:\.\w+)*\.(only|skip|todo|skipIf|runIf|fails)\b/

/** Waiting for time instead of for something: Playwright's own, a timer that resolves, and the usual names. */
const FIXED_WAIT = [
  /\.waitForTimeout\(/,
  /\bfrom 'node:timers\/promises'/,
  /\bsetTimeout\(\s*\w+\s*,\s*[\d_]+\s*\)/,
  /\bawait\s+(?:sleep|delay|pause|wait)\(\s*[\d_]+/,
]

/** Where time itself is what is tested, the line or the one above says so and why. */
const EXCUSE = /\/\/.*\bfixed wait: \S/

/**
 * @param {string} text of a test file
 * @returns {{ line: number, message: string }[]}
 */
export function dishonestLines(text) {
  return complainByLine(text, (line, previous) => {
    const leftOut = LEFT_OUT.exec(line)?.[1]
    if (leftOut) return `.${leftOut}: every test runs everywhere; make it work, or delete it.`
    if (!FIXED_WAIT.some((pattern) => pattern.test(line))) return undefined
    if (EXCUSE.test(line) || EXCUSE.test(previous)) return undefined
    return 'waits for a fixed time: wait for an event with a deadline, or say `// fixed wait: why` on the line.'
  })
}

/**
 * @param {Repository} repository
 * @returns {Problem[]}
 */
export function findDishonestTests({ files, read }) {
  return files
    .filter((file) => TEST_CODE.test(file))
    .flatMap((file) => dishonestLines(read(file)).map((problem) => ({ file, ...problem })))
}
