// A thousand short commands: no zombie, no descriptor, no memory stays behind. (F31)

import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readProcessEntry } from '../../src/process/proc-stat.ts'
import { Room, waitFor } from './support.ts'

test('1 000 short commands in a row leave nothing', { timeout: 60_000 }, async () => {
  await using room = new Room()
  const run = async (): Promise<void> => {
    const watched = await room.start({ argv: ['true'], stdin: 'empty' })
    expect(await watched.ended()).toMatchObject({ code: 0 })
    expect(await watched.process.endDescendants()).toEqual([])
    await watched.process.released
  }
  for (let warmUp = 0; warmUp < 50; warmUp += 1) await run()
  const before = readdirSync('/proc/self/fd').length
  for (let round = 0; round < 1_000; round += 1) await run()
  await waitFor('no more descriptors than before', () => {
    return readdirSync('/proc/self/fd').length <= before
  })
  expect(zombies()).toEqual([])
})

test('100 terminals in a row leave nothing', { timeout: 60_000 }, async () => {
  await using room = new Room()
  const before = readdirSync('/proc/self/fd').length
  for (let round = 0; round < 100; round += 1) {
    const watched = await room.terminal(['true'])
    expect(await watched.ended()).toMatchObject({ code: 0 })
    await watched.process.released
  }
  expect(room.ports.terminals.openCount).toBe(0)
  await waitFor('no more descriptors than before', () => {
    return readdirSync('/proc/self/fd').length <= before
  })
  expect(zombies()).toEqual([])
})

function zombies(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const entry = readProcessEntry(pid)
      return entry?.parentPid === process.pid && entry.state === 'Z'
    })
}
