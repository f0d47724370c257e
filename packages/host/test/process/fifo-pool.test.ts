// Prepared pipes: made in batches, never two with the same, nothing left behind.

import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FifoPool } from '../../src/process/fifo-pool.ts'
import { Room } from './support.ts'

test('both ends belong together, ours does not wait and theirs does', async () => {
  await using room = new Room()
  for (const parent of ['reads', 'writes'] as const) {
    const { parentEnd, childEnd } = await room.ports.fifos.openPipe(parent)
    const [reader, writer] = parent === 'reads' ? [parentEnd, childEnd] : [childEnd, parentEnd]
    writeSync(writer, 'through')
    const buffer = Buffer.alloc(16)
    expect(buffer.toString('utf8', 0, readSync(reader, buffer))).toBe('through')
    expect([isNonBlocking(parentEnd), isNonBlocking(childEnd)]).toEqual([true, false])
    closeSync(writer)
    expect(readSync(reader, buffer)).toBe(0)
    closeSync(reader)
  }
})

test('many at once get one each, and the folder is private and gone in the end', async () => {
  const room = new Room()
  const pipes = await Promise.all(
    Array.from({ length: 300 }, async () => room.ports.fifos.openPipe('reads')),
  )
  const inodes = pipes.map(({ parentEnd }) => inodeOf(parentEnd))
  expect(new Set(inodes).size).toBe(300)
  const [folder] = readdirSync(room.directory)
  expect(folder).toMatch(new RegExp(`^pipes-${process.pid}-`))
  expect(statSync(join(room.directory, folder ?? '')).mode & 0o777).toBe(0o700)
  for (const { parentEnd, childEnd } of pipes)
    for (const end of [parentEnd, childEnd]) closeSync(end)
  await room.ports.fifos.close()
  expect(readdirSync(room.directory)).toEqual([])
  await room[Symbol.asyncDispose]()
})

test('a runtime directory that a logout removed is made again', async () => {
  await using room = new Room()
  await (await room.bash('true')).ended()
  rmSync(room.directory, { recursive: true })
  const watched = await room.bash('echo still works', { cwd: '/' })
  await watched.ended()
  expect(watched.text()).toBe('still works\n')
})

test('what a killed host left behind is cleared, what a living one uses is not', async () => {
  await using room = new Room()
  const dead = await room.bash('true', { cwd: '/' })
  await dead.ended()
  const other = new Room()
  mkdirSync(join(other.directory, `pipes-${dead.process.pid}-left`))
  mkdirSync(join(other.directory, `pipes-${process.ppid}-alive`))
  await (await other.bash('true')).ended()
  expect(existsSync(join(other.directory, `pipes-${dead.process.pid}-left`))).toBe(false)
  expect(existsSync(join(other.directory, `pipes-${process.ppid}-alive`))).toBe(true)
  await other[Symbol.asyncDispose]()
})

test('a pool that cannot make pipes says what is missing, and a closed one that it is closed', async () => {
  await using room = new Room()
  const bare = new FifoPool({ runtimeDirectory: room.directory, findTool: () => undefined })
  await expect(bare.openPipe('reads')).rejects.toMatchObject({
    code: 'LAUNCH_FAILED',
    message: 'Could not start the process. `mkfifo` (of coreutils) was not found.',
  })
  const broken = new FifoPool({ runtimeDirectory: '/proc/none', findTool: () => '/usr/bin/mkfifo' })
  await expect(broken.openPipe('reads')).rejects.toMatchObject({ code: 'LAUNCH_FAILED' })
  await bare.close()
  await expect(bare.openPipe('reads')).rejects.toMatchObject({
    message: 'Could not start the process. The host is stopping.',
  })
})

function isNonBlocking(descriptor: number): boolean {
  const facts = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')
  return (Number.parseInt(/^flags:\s*(\d+)/m.exec(facts)?.[1] ?? '', 8) & 0o4000) !== 0
}

function inodeOf(descriptor: number): number {
  return fstatSync(descriptor).ino
}
