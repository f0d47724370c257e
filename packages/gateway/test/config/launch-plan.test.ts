// Tests how a program and what a caller adds become a launch plan, and what is refused.
import { userInfo } from 'node:os'
import { LimpetError } from '@limpet/protocol'
import { expect, test } from 'vitest'
import { builtInPrograms } from '../../src/config/built-in-programs.ts'
import { launchPlanFor, shellWords, type StartParams } from '../../src/config/launch-plan.ts'
import { Offer } from '../../src/config/offer.ts'
import type { Program } from '../../src/config/program.ts'
import fc from 'fast-check'

const base = {
  environment: { PATH: '/bin', HOME: '/home/ada', TERM: 'xterm-256color' },
  home: '/home/ada',
}
const programs = builtInPrograms({ ...userInfo(), homedir: '/home/ada' })

function program(name: string, change: Partial<Program> = {}): Program {
  const found = programs.find((candidate) => candidate.name === name)
  if (!found) throw new Error(`no program ${name}`)
  return { ...found, ...change }
}

/** Why a start is refused with PROGRAM_ARGUMENTS_REFUSED: "parameter: reason". */
function refusalOf(from: Program, params: Partial<StartParams>): string {
  try {
    launchPlanFor(from, { program: from.name, ...params }, base)
  } catch (error) {
    if (!(error instanceof LimpetError) || error.code !== 'PROGRAM_ARGUMENTS_REFUSED') throw error
    return `${String(error.details['parameter'])}: ${String(error.details['reason'])}`
  }
  return 'started'
}

test('a line becomes one argument of bash, whatever is in it', () => {
  const line = `echo "$HOME"; rm -rf '/' -- \`x\`\n--help`
  expect(launchPlanFor(program('command'), { program: 'command', line }, base)).toEqual({
    program: 'command',
    argv: ['bash', '-c', line],
    title: line,
    cwd: '/home/ada',
    environment: base.environment,
    stdin: 'pipe',
    lifetime: 'kept',
    onEnd: 'kill',
  })
})

test('an argv arrives element by element, whatever is in it', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (argv) => {
      const plan = launchPlanFor(program('exec'), { program: 'exec', argv }, base)
      expect(plan.argv).toEqual(argv)
    }),
  )
})

test('a free argv may name its directory and its environment', () => {
  const params: StartParams = {
    program: 'exec',
    argv: ['env'],
    cwd: '~/src',
    environment: { PATH: '/opt/bin', X: '1' },
    tty: true,
    columns: 100,
    stdin: 'empty',
    lifetime: 'client',
  }
  expect(launchPlanFor(program('exec'), params, base)).toEqual({
    program: 'exec',
    argv: ['env'],
    title: 'env',
    cwd: '/home/ada/src',
    environment: { PATH: '/opt/bin', HOME: '/home/ada', TERM: 'xterm-256color', X: '1' },
    terminal: { columns: 100, rows: 24 },
    stdin: 'empty',
    lifetime: 'client',
    onEnd: 'kill',
  })
})

test('a program with a command of its own keeps it in front and its variables on top', () => {
  const git = program('exec', {
    name: 'git',
    command: ['git', '--'],
    environment: { GIT_PAGER: 'cat' },
  })
  const plan = launchPlanFor(git, { program: 'git', argv: ['--exec-path'] }, base)
  expect(plan.argv).toEqual(['git', '--', '--exec-path'])
  expect(plan.environment).toMatchObject({ GIT_PAGER: 'cat' })
})

test('a terminal program is one without being asked', () => {
  const plan = launchPlanFor(program('python'), { program: 'python', columns: 132, rows: 50 }, base)
  expect(plan).toMatchObject({
    argv: ['python3'],
    title: 'python3',
    terminal: { columns: 132, rows: 50 },
  })
})

test.each<[string, Partial<StartParams>, string]>([
  ['command', {}, 'line: is missing: the program takes a command line'],
  ['command', { line: 'x', argv: ['x'] }, 'argv: is not taken by this program'],
  ['command', { line: 'x', environment: { A: 'b' } }, 'environment: is not taken by this program'],
  ['command', { line: 'x', cwd: 'src' }, 'cwd: is "src"; begin with / or ~/'],
  [
    'command',
    { line: 'é'.repeat(65_536) },
    'line: has 131072 bytes in one piece; at most 131071 are possible',
  ],
  ['exec', {}, 'argv: is missing: the program takes an argv'],
  ['exec', { line: 'x' }, 'line: is not taken by this program'],
  [
    'exec',
    { argv: ['x'], environment: { 'A=B': 'c' } },
    'environment: has the name "A=B"; letters, digits and _ are possible',
  ],
  [
    'exec',
    { argv: ['x'], environment: { A: 'x'.repeat(131_070) } },
    'environment: has 131072 bytes in one piece; at most 131071 are possible',
  ],
  ['shell', { line: 'x' }, 'line: is not taken by this program'],
  ['shell', { argv: ['x'] }, 'argv: is not taken by this program'],
  ['shell', { cwd: '/' }, 'cwd: is not taken by this program'],
  ['shell', { tty: false }, 'tty: is always true for this program'],
])('%s refuses %o', (name, params, refusal) => {
  expect(refusalOf(program(name), params)).toBe(refusal)
})

test('a program that names its executable takes no variables: LD_PRELOAD would make it another one', () => {
  const git = program('exec', { command: ['git'] })
  expect(refusalOf(git, { argv: ['log'], environment: { LD_PRELOAD: '/tmp/x.so' } })).toBe(
    'environment: is not taken by this program',
  )
})

test('an argv that is too long together with the command is refused', () => {
  const git = program('exec', { command: ['git'] })
  expect(refusalOf(git, { argv: Array<string>(4096).fill('x') })).toBe(
    'argv: has 4097 elements; at most 4096 are possible',
  )
})

test('titles are what a person would type', () => {
  expect(shellWords(['ls', '-l', '/a b', "it's", '', '$HOME'])).toBe(
    `ls -l '/a b' 'it'\\''s' '' '$HOME'`,
  )
})

test('what a program says of its log goes into the plan, its size rule only with a terminal', () => {
  const said = { retainBytes: 2 ** 20, keepEndedMs: 1000, sizeRule: 'smallest' } as const
  const from = program('command', said)
  const start = { program: 'command', line: 'true' }
  expect(launchPlanFor(from, { ...start, tty: true }, base)).toMatchObject(said)
  const { sizeRule: _sizeRule, ...onPipes } = said
  const plan = launchPlanFor(from, start, base)
  expect(plan).toMatchObject(onPipes)
  expect(plan).not.toHaveProperty('sizeRule')
})

test('the labels of a program and those of its caller are put together, the caller having the last word', () => {
  const offer = new Offer([program('exec', { labels: { team: 'sea', stage: 'test' } })], base)
  const start = { program: 'exec', argv: ['true'] }
  expect(offer.labels('owner', start)).toEqual({ team: 'sea', stage: 'test' })
  const labels = { stage: 'live', run: '7' }
  expect(offer.labels('owner', { ...start, labels })).toEqual({ team: 'sea', ...labels })
  expect(new Offer([program('exec')], base).labels('owner', start)).toBeUndefined()
})
