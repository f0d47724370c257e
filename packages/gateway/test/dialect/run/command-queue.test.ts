// Tests that commands run in order, one at a time, and that only so many wait.
import { expect, test } from 'vitest'
import { CommandQueue, type Command } from '../../../src/dialect/run/command-queue.ts'

test('one runs, 64 wait in order, the next is refused, and room comes back', async () => {
  const started: number[] = []
  const ends: (() => void)[] = []
  const queue = new CommandQueue(({ id }) => {
    started.push(id)
    return new Promise((resolve) => ends.push(resolve))
  })
  const add = (id: number): void => queue.add({ id, line: '' } satisfies Command)
  for (let id = 1; id <= 65; id += 1) add(id)
  expect(started).toEqual([1])
  expect(() => add(66)).toThrow(expect.objectContaining({ code: 'QUEUE_FULL' }))
  ends[0]?.()
  await Promise.resolve()
  await Promise.resolve()
  expect(started).toEqual([1, 2])
  add(67)
  queue.clear()
  ends[1]?.()
  await Promise.resolve()
  await Promise.resolve()
  expect(started).toEqual([1, 2])
  add(68)
  expect(started).toEqual([1, 2, 68])
})
