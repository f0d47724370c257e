// Processes on pipes: streams apart, input in order, nothing lost at the exit. [LOG-3] [LOG-4]

import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ProcessClock } from '../../src/process/index.ts'
import { readProcessEntry } from '../../src/process/proc-stat.ts'
import { Room, waitFor } from './support.ts'

test('stdout and stderr stay apart and the exit code is exact', async () => {
  await using room = new Room()
  const watched = await room.bash('echo out; echo err >&2; exit 3')
  expect(await watched.ended()).toEqual({ code: 3, signal: null, durationMs: expect.any(Number) })
  expect(watched.text()).toBe('out\n')
  expect(watched.text('stderr')).toBe('err\n')
})

test('a signal that ended the process is reported as a signal', async () => {
  await using room = new Room()
  const watched = await room.bash('kill -9 $$')
  expect(await watched.ended()).toMatchObject({ code: null, signal: 'SIGKILL' })
})

test('the streams are real pipes that can be opened again by name', async () => {
  await using room = new Room()
  const watched = await room.bash(
    `echo one >/dev/stderr
     echo two | tee /dev/stderr
     python3 -c "open('/dev/stdout','w').write('three\\n')"
     for n in 1 2; do test -p /proc/self/fd/$n && echo pipe $n; done`,
  )
  expect(await watched.ended()).toMatchObject({ code: 0 })
  expect(watched.text()).toBe('two\nthree\npipe 1\npipe 2\n')
  expect(watched.text('stderr')).toBe('one\ntwo\n')
})

test('empty stdin is /dev/null, and writing to it is refused', async () => {
  await using room = new Room()
  const watched = await room.bash('readlink /proc/self/fd/0; cat')
  expect(await watched.ended()).toMatchObject({ code: 0 })
  expect(watched.text()).toBe('/dev/null\n')
  const error = await new Promise((resolve) => watched.process.write(Buffer.from('x'), resolve))
  expect(error).toMatchObject({ code: 'INPUT_CLOSED' })
})

test('input arrives whole and in order, and each write is told when it was taken', async () => {
  await using room = new Room()
  const watched = await room.start({ argv: ['sha256sum'] })
  const parts = Array.from({ length: 64 }, (_, index) => randomBytes(1 + index * 1021))
  const taken: number[] = []
  parts.forEach((part, index) =>
    watched.process.write(part, (error) => {
      expect(error).toBeUndefined()
      taken.push(index)
    }),
  )
  watched.process.endInput()
  expect(await watched.ended()).toMatchObject({ code: 0 })
  expect(watched.text().slice(0, 64)).toBe(sha256(Buffer.concat(parts)))
  expect(taken).toEqual(parts.map((_, index) => index))
})

test('writing to a process that closed its input is told so, and disturbs nothing', async () => {
  await using room = new Room()
  const watched = await room.bash('exec 0<&-; echo closed; sleep 0.2; echo still here', {
    stdin: 'pipe',
  })
  await watched.says(/closed/)
  const error = await new Promise((resolve) => watched.process.write(Buffer.from('x'), resolve))
  expect(error).toMatchObject({ code: 'INPUT_CLOSED', cause: { code: 'EPIPE' } })
  expect(await watched.ended()).toMatchObject({ code: 0 })
  expect(watched.text()).toBe('closed\nstill here\n')
})

test('input after the exit is refused', async () => {
  await using room = new Room()
  const watched = await room.bash('true', { stdin: 'pipe' })
  await watched.ended()
  const error = await new Promise((resolve) => watched.process.write(Buffer.from('x'), resolve))
  expect(error).toMatchObject({ code: 'INPUT_CLOSED' })
})

test('while output is paused the process waits, and afterwards nothing is missing', async () => {
  await using room = new Room()
  // exec: the only thing that seq ever waits for is room in its pipe.
  const watched = await room.bash('exec seq 1 200000')
  watched.process.pauseOutput()
  await waitFor('a process that waits', () => readProcessEntry(watched.process.pid)?.state === 'S')
  expect(watched.chunks.length).toBeLessThanOrEqual(1)
  expect(watched.exit).toBeUndefined()
  watched.process.resumeOutput()
  expect(await watched.ended()).toMatchObject({ code: 0 })
  const numbers = watched.text().trimEnd().split('\n')
  expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([200_000, '1', '200000'])
})

test('4 000 bytes printed while paused outlive the exit', async () => {
  await using room = new Room()
  const watched = await room.bash('head -c 4000 /dev/zero')
  watched.process.pauseOutput()
  expect(await watched.ended()).toMatchObject({ code: 0 })
  expect(watched.bytes()).toEqual(Buffer.alloc(4000))
})

test('binary output arrives byte for byte', async () => {
  await using room = new Room()
  const watched = await room.start({ argv: ['cat'] })
  const bytes = randomBytes(3_000_000)
  watched.process.write(bytes, () => {})
  watched.process.endInput()
  await watched.ended()
  expect(sha256(watched.bytes())).toBe(sha256(bytes))
})

test('a megabyte printed right before the exit is whole, a hundred times', async () => {
  await using room = new Room()
  for (let round = 0; round < 100; round += 1) {
    const watched = await room.start({
      argv: ['head', '-c', '1048576', '/dev/zero'],
      stdin: 'empty',
    })
    expect(await watched.ended()).toMatchObject({ code: 0 })
    expect(watched.bytes().length).toBe(1_048_576)
    expect(watched.events.filter((event) => event !== 'output').toSorted()).toEqual([
      'exit',
      'output end',
    ])
  }
})

test('a process that closes its output early goes on, and its exit comes later', async () => {
  await using room = new Room()
  const watched = await room.bash('echo bye; exec >&- 2>&-; sleep 0.2; exit 7')
  await watched.until('the end of output', () => watched.isOutputOver)
  expect(watched.exit).toBeUndefined()
  expect(await watched.ended()).toMatchObject({ code: 7 })
  expect(watched.events).toEqual(['output', 'output end', 'exit'])
})

test('a survivor writes into the log until drainMs, then into nothing, and is never blocked', async () => {
  await using room = new Room()
  const proof = join(room.directory, 'survived')
  const watched = await room.bash(
    `(echo in time; until test -e go; do sleep 0.01; done; seq 1 200000; echo late >&2; : > ${proof}) & exit 5`,
    { drainMs: 100 },
  )
  expect(await watched.ended()).toMatchObject({ code: 5 })
  expect(watched.events.slice(-2)).toEqual(['drain timeout', 'output end'])
  expect(watched.drainTimeout).toEqual(['stdout', 'stderr'])
  await (await room.bash(': > go')).ended()
  await waitFor('the survivor to finish', () => existsSync(proof))
  await watched.process.released
  expect(watched.text()).toBe('in time\n')
  expect(watched.text('stderr')).toBe('')
})

test('when drainMs ran out while the host was busy, what lies in the pipe is still delivered', async () => {
  // A busy host runs its timers before it looks at its pipes: here the drain timer always comes first.
  const clock: ProcessClock = {
    nowMs: () => performance.now(),
    startTimer: (_delayMs, run) => {
      queueMicrotask(run)
      return () => {}
    },
  }
  await using room = new Room({ clock })
  const alone = await room.bash('exec head -c 60000 /dev/zero')
  alone.process.pauseOutput()
  await alone.ended()
  expect([alone.bytes().length, alone.drainTimeout]).toEqual([60_000, undefined])
  const survived = await room.bash('(sleep 115 &); exec head -c 60000 /dev/zero')
  survived.process.pauseOutput()
  await survived.ended()
  expect([survived.bytes().length, survived.drainTimeout]).toEqual([60_000, ['stdout', 'stderr']])
  process.kill(-survived.process.pid, 'SIGKILL')
  await survived.process.released
})

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
