// Runs a named list of package.json scripts one after another, all of them even when one fails, and ends with
// the line `N passed, N failed`. Must not know what a script does. Before: `npm run ok`, `npm test`; after: CI.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TALLY_FILE_VARIABLE, formatTally } from './tally-reporter.mjs'

/** @import { Tally } from './tally-reporter.mjs' */

/**
 * One script of package.json. When a `isRequired` one fails, the rest would only repeat its complaint and is left out.
 * @typedef {{ script: string, isRequired?: boolean }} Step
 */

/** @type {ReadonlyArray<Step>} */
const CHECKS = [
  { script: 'format:check' },
  { script: 'types' },
  { script: 'lint' },
  { script: 'unused' },
  { script: 'check' },
]

/**
 * `ok` is the quick part, for a person between two thoughts; `test` is everything that CI runs.
 * @type {Readonly<Record<string, ReadonlyArray<Step>>>}
 */
export const PLANS = {
  ok: [...CHECKS, { script: 'test:unit' }],
  test: [
    { script: 'test:needs', isRequired: true },
    { script: 'build', isRequired: true },
    ...CHECKS,
    { script: 'test:all' },
  ],
}

/**
 * What one script came to.
 * @typedef {{ script: string, exitCode: number, seconds: number, tally: Tally | undefined }} Outcome
 */

/**
 * Adds up the tests, and counts a failed step that has no failed test of its own as one failure:
 * a red run never ends in "0 failed".
 * @param {ReadonlyArray<Outcome>} outcomes
 * @returns {Tally}
 */
export function totalOf(outcomes) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const { exitCode, tally } of outcomes) {
    total.passed += tally?.passed ?? 0
    total.skipped += tally?.skipped ?? 0
    total.failed += tally?.failed ?? 0
    if (exitCode !== 0 && (tally?.failed ?? 0) === 0) total.failed += 1
  }
  return total
}

/**
 * @param {ReadonlyArray<Step>} steps
 * @param {(script: string) => Promise<Outcome>} run
 * @returns {Promise<Outcome[]>} in order; shorter than `steps` when a required one failed
 */
export async function runSteps(steps, run) {
  const outcomes = []
  for (const { script, isRequired } of steps) {
    const outcome = await run(script)
    outcomes.push(outcome)
    if (isRequired && outcome.exitCode !== 0) break
  }
  return outcomes
}

/**
 * Runs one script of package.json as npm would, its output straight to this terminal.
 * @param {string} script
 * @param {string} tallyFile where the vitest reporter leaves its count
 * @returns {Promise<Outcome>}
 */
async function runScript(script, tallyFile) {
  console.log(`\n▸ ${script}`)
  const startedAt = performance.now()
  rmSync(tallyFile, { force: true })
  const child = spawn('npm', ['run', '--silent', script], {
    stdio: 'inherit',
    env: { ...process.env, [TALLY_FILE_VARIABLE]: tallyFile },
  })
  const exitCode = await exitCodeOf(child)
  const seconds = (performance.now() - startedAt) / 1000
  return { script, exitCode, seconds, tally: readTally(tallyFile) }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} never 0 unless it ran and succeeded
 */
function exitCodeOf(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`cannot run npm: ${error.message}`)
      resolve(127)
    })
    // A script ended by a signal has no exit code; that is a failure too.
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/**
 * @param {string} file
 * @returns {Tally | undefined} undefined when the script ran no tests
 */
function readTally(file) {
  try {
    return /** @type {Tally} */ (JSON.parse(readFileSync(file, 'utf8'))) // written by our own reporter
  } catch {
    // No file: a script without tests, or vitest broke before it could count; the exit code tells which.
    return undefined
  }
}

/** @param {string} plan */
async function main(plan) {
  const steps = PLANS[plan]
  if (!steps) {
    console.error(`Unknown plan "${plan}": use one of ${Object.keys(PLANS).join(', ')}.`)
    process.exitCode = 2
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'limpet-steps-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const outcomes = await runSteps(steps, (script) => runScript(script, join(folder, 'tally.json')))

  console.log()
  for (const { script, exitCode, seconds } of outcomes) {
    console.log(`${exitCode === 0 ? '✓' : '✗'} ${script.padEnd(14)} ${seconds.toFixed(1)} s`)
  }
  const left = steps.slice(outcomes.length).map((step) => step.script)
  if (left.length > 0) console.log(`not run: ${left.join(', ')}`)
  const total = totalOf(outcomes)
  if (total.skipped > 0) console.log(`${total.skipped} skipped`)
  console.log(formatTally(total))
  process.exitCode = total.failed === 0 ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2] ?? '')
