// Tests of the step runner and of the counting behind its last line.
import { expect, test } from 'vitest'
import { PLANS, runSteps, totalOf, type Outcome } from '../run-steps.mjs'
import { formatTally } from '../tally-reporter.mjs'
import { NEEDS, installArguments, isInPath } from '../test-needs.mjs'
import manifest from '../../package.json' with { type: 'json' }

const outcome = (script: string, exitCode: number, tally?: Outcome['tally']): Outcome => ({
  script,
  exitCode,
  seconds: 0,
  tally,
})

test('the last line adds up tests, and a failed step without a failed test counts as one failure', () => {
  const total = totalOf([
    outcome('lint', 1),
    outcome('types', 0),
    outcome('test:all', 1, { passed: 5, failed: 2, skipped: 1 }),
  ])
  expect(formatTally(total)).toBe('5 passed, 3 failed')
  expect(formatTally(totalOf([outcome('test:all', 1, { passed: 5, failed: 0, skipped: 0 })]))).toBe(
    '5 passed, 1 failed',
  )
})

test('steps go on after a failure, but not after a required one', async () => {
  const steps = [{ script: 'a' }, { script: 'b', isRequired: true }, { script: 'c' }]
  const run = (failing: string) => (script: string) =>
    Promise.resolve(outcome(script, script === failing ? 1 : 0))
  expect((await runSteps(steps, run('a'))).map(({ script }) => script)).toEqual(['a', 'b', 'c'])
  expect((await runSteps(steps, run('b'))).map(({ script }) => script)).toEqual(['a', 'b'])
})

test('every step of every plan is a script of package.json', () => {
  const steps = Object.values(PLANS).flatMap((plan) => plan.map(({ script }) => script))
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(steps))
})

test('a program is found in PATH only where it may be executed', () => {
  expect(isInPath('sh', '/nowhere:/bin')).toBe(true)
  expect(isInPath('passwd', '/etc')).toBe(false)
  expect(isInPath('sh', '')).toBe(false)
})

test('the install command names each package once', () => {
  const args = installArguments([...NEEDS, ...NEEDS])
  expect(args.filter((arg) => arg === 'chromium')).toHaveLength(1)
})
