// Tests of the checks that read documents: rooms, named paths, dependencies.
import { expect, test } from 'vitest'
import { findUnlistedDependencies, lackOf, runTimeDependencies } from '../checks/dependencies.mjs'
import { findMissingDocuments, roomsOf } from '../checks/documents.mjs'
import { findDeadPaths, pathsNamedIn } from '../checks/named-paths.mjs'
import { repositoryOf } from '../checks/repository.mjs'

const FILES = {
  'packages/host/src/main.ts': '',
  'packages/host/src/process/spawn.ts': '',
  'packages/host/test/process/spawn.test.ts': '',
}

test('every package and every room of the host needs a README', () => {
  expect(roomsOf(Object.keys(FILES))).toEqual(['packages/host', 'packages/host/src/process'])
})

test('a long room README and a README without the test command are reported with their line', () => {
  const repository = repositoryOf({
    ...FILES,
    'README.md': 'npm test',
    'packages/host/README.md': 'line\n'.repeat(26),
    'packages/host/src/process/README.md': 'short',
  })
  const problems = findMissingDocuments(repository).filter(
    ({ message }) => !message.startsWith('missing'),
  )
  expect(problems.map(({ file, line }) => `${file}:${line}`)).toEqual([
    'README.md:1',
    'packages/host/README.md:26',
  ])
})

test('paths are found in code spans, links and drawings, and nothing else is taken for one', () => {
  const markdown = [
    'See `packages/host/src/main.ts:12` and [rooms](packages/host/#rooms), not [this](https://example.org/a.ts).',
    '```',
    'fd -> process/spawn.ts -> ./elsewhere.ts',
    '`packages/nowhere/x.ts`',
    '```',
  ].join('\n')
  expect(pathsNamedIn(markdown)).toEqual([
    { path: 'packages/host/src/main.ts', line: 1, isLink: false },
    { path: 'packages/host', line: 1, isLink: true },
    { path: 'process/spawn.ts', line: 3, isLink: false },
    { path: 'packages/nowhere/x.ts', line: 4, isLink: false },
  ])
})

test('a document may name files from the root, beside itself, or by their last part', () => {
  const alive =
    '`packages/host`, `packages/*/src/{main,index}.ts`, `src/main.ts`, `process/spawn.ts`, `spawn.ts`'
  const foreign =
    '`@limpet/protocol`, `text/html`, `npm run ok`, `packages/host/dist/main.js`, `session/attach`'
  const dead =
    '`packages/gone`, `src/gone.ts`, `process/gone.ts`, `gone.ts`, [x](gone.md), `packages/{a,b}/x`'
  const repository = repositoryOf({
    ...FILES,
    'packages/host/README.md': `${alive}\n${foreign}\n${dead}`,
  })
  expect(
    findDeadPaths(repository).map(({ line, message }) => `${line} ${message.split(' ')[0]}`),
  ).toEqual([
    '3 packages/gone',
    '3 src/gone.ts',
    '3 process/gone.ts',
    '3 gone.ts',
    '3 gone.md',
    '3 packages/{a,b}/x',
  ])
})

test('documents about the past may name what is gone', () => {
  expect(findDeadPaths(repositoryOf({ 'CHANGELOG.md': '`packages/gone/x.ts`' }))).toEqual([])
})

test('what the page bundles counts as run-time dependency, what only builds it does not', () => {
  const manifest = {
    dependencies: { ws: '1', '@limpet/protocol': '1' },
    devDependencies: { '@xterm/xterm': '1', vite: '1' },
  }
  expect(runTimeDependencies(manifest, `import '@xterm/xterm/css/xterm.css'`)).toEqual([
    'ws',
    '@xterm/xterm',
  ])
})

test('a dependency needs a row with reason and licence, and a row needs a dependency', () => {
  const repository = repositoryOf({
    'packages/host/package.json':
      '{\n  "dependencies": { "not-installed-a": "1", "not-installed-b": "1" }\n}',
    'docs/DEPENDENCIES.md':
      '| library | reason | licence |\n| `not-installed-b` | fine because of this | MIT |\n| `gone` | x | MIT |',
  })
  expect(findUnlistedDependencies(repository).map(({ file, line }) => `${file}:${line}`)).toEqual([
    'packages/host/package.json:2',
    'docs/DEPENDENCIES.md:3',
  ])
  expect(lackOf({ cells: ['short', 'MIT'] }, 'MIT')).toContain('reason')
  expect(lackOf({ cells: ['a reason that is long enough', 'MIT'] }, 'ISC')).toContain('ISC')
  expect(lackOf({ cells: ['a reason that is long enough', 'MIT'] }, 'MIT')).toBeUndefined()
})
