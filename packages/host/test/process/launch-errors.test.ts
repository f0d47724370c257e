// What cannot be started is refused with a code, details and a sentence, and costs no descriptor.

import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LimpetError } from '@limpet/protocol'
import { expect, test } from 'vitest'
import { ENVIRONMENT, Room, waitFor, type Start } from './support.ts'

async function refusal(room: Room, plan: Start): Promise<LimpetError> {
  try {
    await room.start(plan)
  } catch (error) {
    if (error instanceof LimpetError) return error
    throw error
  }
  throw new Error('It was started.')
}

test('a name that is not in the plan’s PATH', async () => {
  await using room = new Room()
  const environment = { PATH: `/nowhere:${room.directory}` }
  const error = await refusal(room, { argv: ['bash'], environment })
  expect(error).toMatchObject({
    code: 'EXECUTABLE_NOT_FOUND',
    message: 'Could not start `bash`: not found in PATH. Check the name, or add it as a program.',
    details: { argv0: 'bash', cwd: room.directory, path: environment.PATH },
  })
})

test('a path that names nothing, a directory, or a file that may not be executed', async () => {
  await using room = new Room()
  writeFileSync(join(room.directory, 'text'), 'echo hi\n', { mode: 0o644 })
  mkdirSync(join(room.directory, 'folder'))
  const messages = []
  for (const name of ['./missing', './folder', './text', '']) {
    const error = await refusal(room, { argv: [name] })
    expect(error.code).toBe('EXECUTABLE_NOT_FOUND')
    messages.push(error.message)
  }
  expect(messages).toEqual([
    'Could not start `./missing`: no such file. Check the path.',
    'Could not start `./folder`: it is a directory or device. Check the path.',
    'Could not start `./text`: the file is not executable. Allow it with `chmod +x`.',
    'Could not start a process: the name of the program is empty.',
  ])
})

test('a directory or text file of that name in PATH does not hide the program behind it', async () => {
  await using room = new Room()
  for (const folder of ['one', 'two', 'three']) mkdirSync(join(room.directory, folder))
  mkdirSync(join(room.directory, 'one', 'tool'))
  writeFileSync(join(room.directory, 'two', 'tool'), 'no\n', { mode: 0o644 })
  symlinkSync('/bin/echo', join(room.directory, 'three', 'tool'))
  // Relative directories of PATH count from the working directory, as everywhere.
  const environment = { PATH: 'one:two:three' }
  const watched = await room.start({ argv: ['tool', 'found'], environment, stdin: 'empty' })
  await watched.ended()
  expect(watched.text()).toBe('found\n')
})

test('an empty element of PATH is the working directory', async () => {
  await using room = new Room()
  symlinkSync('/bin/echo', join(room.directory, 'tool'))
  const environment = { PATH: '/nowhere:' }
  const watched = await room.start({ argv: ['tool', 'found'], environment, stdin: 'empty' })
  await watched.ended()
  expect(watched.text()).toBe('found\n')
})

test('without PATH the system’s default is searched', async () => {
  await using room = new Room()
  const watched = await room.start({ argv: ['echo', 'found'], environment: {}, stdin: 'empty' })
  await watched.ended()
  expect(watched.text()).toBe('found\n')
})

test('a working directory that is missing, a file, or relative', async () => {
  await using room = new Room()
  const file = join(room.directory, 'file')
  writeFileSync(file, '')
  const missing = join(room.directory, 'missing')
  const reasons = []
  for (const cwd of [missing, file, 'relative']) {
    const error = await refusal(room, { argv: ['true'], cwd })
    expect(error).toMatchObject({ code: 'WORKING_DIRECTORY_UNUSABLE', details: { cwd } })
    reasons.push(error.message.replace(cwd, 'CWD'))
  }
  expect(reasons).toEqual([
    'Could not start in `CWD`: it does not exist. Choose another working directory.',
    'Could not start in `CWD`: it is not a directory. Choose another working directory.',
    'Could not start in `CWD`: it is not an absolute path. Choose another working directory.',
  ])
})

test('a script whose interpreter is missing, on pipes and in a terminal', async () => {
  await using room = new Room()
  const script = join(room.directory, 'script')
  writeFileSync(script, '#! /nowhere/python -u\n')
  chmodSync(script, 0o755)
  for (const terminal of [undefined, { columns: 80, rows: 24 }]) {
    expect(await refusal(room, { argv: ['./script'], terminal })).toMatchObject({
      code: 'LAUNCH_FAILED',
      message: 'Could not start `./script`: the interpreter that it names does not exist.',
      cause: { code: 'ENOENT', path: '/nowhere/python' },
    })
  }
})

test('a script that has an interpreter, or none at all, runs', async () => {
  await using room = new Room()
  for (const [name, text] of [
    ['with', '#!/bin/sh\necho "ran $0 $1"\n'],
    ['without', 'echo "ran $0 $1"\n'],
  ] as const) {
    writeFileSync(join(room.directory, name), text, { mode: 0o755 })
    for (const terminal of [undefined, { columns: 80, rows: 24 }]) {
      const watched = await room.start({ argv: [`./${name}`, 'x y'], stdin: 'empty', terminal })
      expect(await watched.ended()).toMatchObject({ code: 0 })
      expect(watched.text().trim()).toMatch(new RegExp(`^ran \\S*/${name} x y$`))
    }
  }
})

test('more arguments than the system takes, on pipes and in a terminal', async () => {
  await using room = new Room()
  const argv = ['true', ...Array.from({ length: 40 }, () => 'x'.repeat(100_000))]
  for (const terminal of [undefined, { columns: 80, rows: 24 }]) {
    expect(await refusal(room, { argv, terminal })).toMatchObject({
      code: 'LAUNCH_FAILED',
      message: expect.stringContaining('too long'),
      cause: { code: 'E2BIG' },
    })
  }
  expect(room.ports.terminals.openCount).toBe(0)
})

test('strings that no argument or variable can be', async () => {
  await using room = new Room()
  const plans: Start[] = [
    { argv: ['echo', 'a\0b'] },
    { argv: ['echo'], environment: { ...ENVIRONMENT, A: '\0' } },
    { argv: ['echo'], environment: { ...ENVIRONMENT, 'A=B': 'c' } },
    { argv: ['echo'], environment: { ...ENVIRONMENT, '': 'c' } },
  ]
  for (const plan of plans) expect((await refusal(room, plan)).code).toBe('PARAMETERS_INVALID')
})

test('a terminal of an impossible size', async () => {
  await using room = new Room()
  for (const terminal of [
    { columns: 0, rows: 24 },
    { columns: 80, rows: 1e9 },
    { columns: Number.NaN, rows: 24 },
  ]) {
    await expect(room.start({ argv: ['true'], terminal })).rejects.toThrow(RangeError)
  }
  expect(room.ports.terminals.openCount).toBe(0)
})

test('a refused launch leaves no descriptor, no process and no terminal behind', async () => {
  await using room = new Room()
  await (await room.bash('true')).ended()
  const before = descriptors()
  writeFileSync(join(room.directory, 'script'), '#!/nowhere/python\n', { mode: 0o755 })
  const huge = ['true', ...Array.from({ length: 40 }, () => 'x'.repeat(100_000))]
  for (let round = 0; round < 20; round += 1) {
    await refusal(room, { argv: ['./script'] })
    await refusal(room, { argv: ['./missing'], terminal: { columns: 80, rows: 24 } })
    await refusal(room, { argv: ['true'], cwd: '/nowhere' })
    await refusal(room, { argv: huge })
    await refusal(room, { argv: huge, terminal: { columns: 80, rows: 24 } })
  }
  // Pipes may be made ahead for the next launch at this moment.
  await waitFor('no more descriptors than before', () => descriptors() <= before)
  expect(room.ports.terminals.openCount).toBe(0)
})

function descriptors(): number {
  return readdirSync('/proc/self/fd').length
}
