// How output is cut into turns: echoes at once, floods in large pieces, nobody for long at others' cost. [FLOW-6]

import { expect, test } from 'vitest'
import {
  ALONE_TURN_BYTES,
  CONTENDED_TURN_BYTES,
  CONTENTION_MS,
  ReadTurns,
} from '../../src/process/read-turns.ts'
import { Room, type Watched } from './support.ts'

const MEGABYTES = 8
const FLOOD = ['head', '-c', String(MEGABYTES * 1024 * 1024), '/dev/zero']

test('who is alone may read much, who is not may read little, by time and not by luck', () => {
  let nowMs = 0
  const turns = new ReadTurns({ nowMs: () => nowMs })
  const [one, two] = [{}, {}]
  expect(turns.take(one)).toBe(ALONE_TURN_BYTES)
  nowMs += 1
  expect(turns.take(two)).toBe(CONTENDED_TURN_BYTES)
  expect(turns.take(two)).toBe(CONTENDED_TURN_BYTES)
  nowMs += CONTENTION_MS - 2
  expect(turns.take(two)).toBe(CONTENDED_TURN_BYTES)
  nowMs += 1
  expect(turns.take(two)).toBe(ALONE_TURN_BYTES)
  nowMs += CONTENTION_MS
  expect(turns.take(one)).toBe(ALONE_TURN_BYTES)
})

test('a flood of one process comes in large pieces, from pipes and from a terminal', async () => {
  await using room = new Room()
  const pipes = await room.start({ argv: FLOOD, stdin: 'empty' })
  await pipes.ended()
  expect(averageBytes(pipes)).toBeGreaterThan(32 * 1024)
  const terminal = await room.terminal(FLOOD)
  await terminal.ended()
  expect(terminal.bytes().length).toBe(MEGABYTES * 1024 * 1024)
  expect(averageBytes(terminal)).toBeGreaterThan(4 * 1024)
  expect(largest(terminal)).toBeLessThanOrEqual(ALONE_TURN_BYTES)
})

test('floods of two processes come in small pieces, and neither starves', async () => {
  await using room = new Room()
  const [one, two] = await Promise.all([
    room.start({ argv: FLOOD, stdin: 'empty' }),
    room.start({ argv: FLOOD, stdin: 'empty' }),
  ])
  await one.until('a first piece', () => one.chunks.length > 0)
  await two.until('a first piece', () => two.chunks.length > 0)
  const counted = [one.chunks.length, two.chunks.length]
  await Promise.all([one.ended(), two.ended()])
  // A piece from before the other one began may be large; afterwards none is.
  const later = [one.chunks.slice(counted[0], -4), two.chunks.slice(counted[1], -4)].flat()
  expect(later.length).toBeGreaterThan(100)
  const large = later.filter(({ bytes }) => bytes.length > CONTENDED_TURN_BYTES)
  expect(large.length).toBeLessThan(later.length / 20)
})

test('who is written to counts as active, also when it says nothing', async () => {
  await using room = new Room()
  const silent = await room.start({ argv: ['sleep', '100'] })
  const flood = await room.start({
    argv: FLOOD,
    stdin: 'empty',
    onOutput: () => silent.process.write(Buffer.from('x'), () => {}),
  })
  await flood.ended()
  const sizes = flood.chunks.slice(1).map(({ bytes }) => bytes.length)
  expect(sizes).toContain(CONTENDED_TURN_BYTES)
  // On a busy machine we may be away for so long that nobody else counts as active any more.
  const larger = sizes.filter((size) => size > CONTENDED_TURN_BYTES)
  expect(larger.length).toBeLessThan(sizes.length / 10)
})

test('everybody else has a turn of the event loop between two pieces', async () => {
  await using room = new Room()
  let piecesInTurn = 0
  let most = 0
  const flood = await room.start({
    argv: FLOOD,
    stdin: 'empty',
    onOutput: () => {
      piecesInTurn += 1
      most = Math.max(most, piecesInTurn)
      setImmediate(() => (piecesInTurn = 0))
    },
  })
  await flood.ended()
  expect(most).toBe(1)
})

test('a key is answered while another process floods', async () => {
  await using room = new Room()
  await room.start({ argv: ['yes'], stdin: 'empty' })
  const echo = await room.terminal(['cat'])
  const tookMs: number[] = []
  for (let round = 0; round < 50; round += 1) {
    const startMs = performance.now()
    echo.type(`${round}\n`)
    await echo.says(new RegExp(`(?:^|\n)${round}\r\n${round}\r\n`))
    tookMs.push(performance.now() - startMs)
  }
  // Nine of ten: the machine itself may be busy with something else for a moment.
  const slowest = tookMs.toSorted((a, b) => a - b)[44]
  expect(slowest).toBeLessThan(50)
})

test('a handler that pauses from within its own call is not called again until resumed', async () => {
  await using room = new Room()
  let calls = 0
  const watched = await room.start({
    argv: FLOOD,
    stdin: 'empty',
    onOutput: ({ process }) => {
      calls += 1
      process.pauseOutput()
      const seen = calls
      setImmediate(() =>
        setImmediate(() => {
          expect(calls).toBe(seen)
          process.resumeOutput()
        }),
      )
    },
  })
  await watched.ended()
  expect(watched.bytes().length).toBe(MEGABYTES * 1024 * 1024)
})

function averageBytes({ chunks }: Watched): number {
  return chunks.reduce((sum, { bytes }) => sum + bytes.length, 0) / chunks.length
}

function largest({ chunks }: Watched): number {
  return Math.max(...chunks.map(({ bytes }) => bytes.length))
}
