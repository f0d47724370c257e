// Stopping: asked, told, forced, in the order and at the times of the ladders; and signals by name. (F06)

import { expect, test } from 'vitest'
import {
  KillLadder,
  NO_INPUT_LADDER,
  PIPES_LADDER,
  TERMINAL_LADDER,
  type Rung,
} from '../../src/process/kill-ladder.ts'
import type { ProcessClock } from '../../src/process/index.ts'
import { CountingClock, foreground, isRunning, Room } from './support.ts'

/** Everything waits a tenth of its time, so that a ladder of five seconds takes half of one. */
const FAST_CLOCK: ProcessClock = {
  nowMs: () => performance.now() * 10,
  startTimer: (delayMs, run) => {
    const timer = setTimeout(run, delayMs / 10)
    return () => clearTimeout(timer)
  },
}

/** Runs a ladder on a clock that jumps from timer to timer. @returns what was done, and when */
function climb(rungs: readonly Rung[], leaveAtMs = Number.POSITIVE_INFINITY): string[] {
  const done: string[] = []
  let nowMs = 0
  let timer: { atMs: number; run: () => void } | undefined
  const ladder = new KillLadder({
    rungs: () => rungs,
    startTimer: (delayMs, run) => {
      timer = { atMs: nowMs + delayMs, run }
      return () => (timer = undefined)
    },
    endInput: () => done.push(`${nowMs} end of input`),
    signal: (name) => done.push(`${nowMs} ${name}`),
  })
  ladder.climb()
  ladder.climb()
  while (timer !== undefined) {
    const { atMs, run } = timer
    timer = undefined
    nowMs = atMs
    if (nowMs >= leaveAtMs) ladder.leave()
    else run()
  }
  ladder.climb()
  return done
}

test('the ladders are what the promise says', () => {
  expect(climb(PIPES_LADDER)).toEqual([
    '0 end of input',
    '1000 SIGTERM',
    '1000 SIGCONT',
    '5000 SIGKILL',
  ])
  expect(climb(NO_INPUT_LADDER)).toEqual(['0 SIGTERM', '0 SIGCONT', '5000 SIGKILL'])
  expect(climb(TERMINAL_LADDER)).toEqual([
    ...['0 SIGHUP', '0 SIGCONT'],
    ...['1000 SIGTERM', '1000 SIGCONT', '5000 SIGKILL'],
  ])
})

test('a ladder is left when the process has ended', () => {
  expect(climb(TERMINAL_LADDER, 1000)).toEqual(['0 SIGHUP', '0 SIGCONT'])
})

test('a filter ends by the end of its input, unharmed', async () => {
  await using room = new Room()
  const watched = await room.start({ argv: ['sh', '-c', 'cat; echo finished'] })
  watched.process.stop()
  expect(await watched.ended()).toMatchObject({ code: 0 })
  expect(watched.text()).toBe('finished\n')
})

test('a process that ignores the end of input gets SIGTERM, and may tidy up', async () => {
  await using room = new Room({ clock: FAST_CLOCK })
  const watched = await room.bash(
    'trap "echo tidy; exit 8" TERM; echo up; while :; do sleep 0.01; done',
    {
      stdin: 'pipe',
    },
  )
  await watched.says(/up/)
  const startMs = performance.now()
  watched.process.stop()
  expect(await watched.ended()).toMatchObject({ code: 8 })
  expect(performance.now() - startMs).toBeGreaterThan(90)
  expect(watched.text()).toBe('up\ntidy\n')
})

test('no step waits for a process that has ended', async () => {
  const clock = new CountingClock()
  await using room = new Room({ clock })
  const watched = await room.start({ argv: ['cat'] })
  watched.process.stop()
  await watched.ended()
  await watched.process.released
  expect(clock.timers).toBe(0)
})

test('without input there is nothing to wait for before SIGTERM', async () => {
  await using room = new Room()
  const watched = await room.bash('echo up; sleep 100')
  await watched.says(/up/)
  const startMs = performance.now()
  watched.process.stop()
  expect(await watched.ended()).toMatchObject({ signal: 'SIGTERM' })
  expect(performance.now() - startMs).toBeLessThan(900)
})

test('a process that ignores everything is killed with its whole group', async () => {
  await using room = new Room({ clock: FAST_CLOCK })
  const watched = await room.bash(
    'trap "" TERM HUP INT; (while :; do sleep 0.01; done) & echo $!; while :; do sleep 0.01; done',
    { stdin: 'pipe' },
  )
  const child = Number((await watched.says(/^\d+$/m))[0])
  watched.process.stop()
  watched.process.stop()
  expect(await watched.ended()).toMatchObject({ signal: 'SIGKILL' })
  // The group's other members hold the pipes until they are gone, too.
  await watched.process.released
  expect(isRunning(child)).toBe(false)
  expect(watched.drainTimeout).toBeUndefined()
})

test('a stopped process is woken, so that it can obey', async () => {
  await using room = new Room({ clock: FAST_CLOCK })
  const watched = await room.bash(
    'trap "echo woken; exit 0" TERM; echo up; kill -STOP $$; sleep 100',
  )
  await watched.says(/up/)
  watched.process.stop()
  expect(await watched.ended()).toMatchObject({ code: 0 })
  expect(watched.text()).toBe('up\nwoken\n')
})

test('in a terminal a shell takes the hang-up, and its jobs with it', async () => {
  await using room = new Room()
  const watched = await room.terminal(['bash', '--norc', '--noprofile', '-i'])
  watched.type('sleep 104 & echo job $!\n')
  const job = Number((await watched.says(/job (\d+)\r/))[1])
  watched.type('sleep 105\n')
  await foreground(watched, 'sleep 105')
  const startMs = performance.now()
  watched.process.stop()
  expect(await watched.ended()).toMatchObject({ signal: 'SIGHUP' })
  expect(performance.now() - startMs).toBeLessThan(900)
  await watched.process.released
  expect(isRunning(job)).toBe(false)
})

test('in a terminal the steps come in order', async () => {
  await using room = new Room({ clock: FAST_CLOCK })
  const traps = 'for s in HUP TERM INT; do trap "echo got $s" $s; done'
  const script = `${traps}; echo up; while :; do sleep 0.01; done`
  const watched = await room.terminal(['bash', '-c', script])
  await watched.says(/up\r\n/)
  watched.process.stop()
  expect(await watched.ended()).toMatchObject({ signal: 'SIGKILL' })
  expect(watched.text()).toMatch(/^up\r\n[^]*got HUP\r\n[^]*got TERM\r\n/)
})

test('in a terminal the foreground job hears the hang-up as well, and is ended if it stays', async () => {
  await using room = new Room()
  const watched = await room.terminal(['bash', '--norc', '--noprofile', '-i'])
  watched.type('bash -c \'trap "echo got HUP" HUP; echo up $$; while :; do sleep 0.01; done\'\n')
  const job = Number((await watched.says(/\r\nup (\d+)\r\n/))[1])
  watched.process.stop()
  await watched.says(/got HUP\r\n/)
  expect(await watched.ended()).toMatchObject({ signal: 'SIGHUP' })
  expect(await watched.process.endDescendants()).toEqual([])
  expect(isRunning(job)).toBe(false)
  await watched.process.released
})

test('signals go to the whole group by name', async () => {
  await using room = new Room()
  const watched = await room.bash(
    'trap "echo shell; wait; exit 0" USR1; bash -c "trap \\"echo child; exit\\" USR1; echo up; while :; do sleep 0.01; done" & wait',
  )
  await watched.says(/up/)
  watched.process.signal('SIGUSR1')
  expect(await watched.ended()).toMatchObject({ code: 0 })
  expect(watched.text().split('\n').toSorted()).toEqual(['', 'child', 'shell', 'up'])
})

test('an unknown signal is refused by name and disturbs nothing', async () => {
  await using room = new Room()
  const watched = await room.bash('echo up; sleep 100')
  for (const name of ['SIGNOPE', 'TERM', '', 'toString', '9']) {
    expect(() => watched.process.signal(name)).toThrow(
      expect.objectContaining({ code: 'SIGNAL_UNKNOWN', details: { signal: name } }),
    )
  }
  await watched.says(/up/)
  expect(watched.exit).toBeUndefined()
})

test('after the exit nothing is signalled any more: the number may be somebody else’s', async () => {
  await using room = new Room()
  const watched = await room.bash('true')
  await watched.ended()
  watched.process.signal('SIGKILL')
  watched.process.stop()
  watched.process.resize(10, 10)
  watched.process.pauseOutput()
  watched.process.endInput()
  expect(await watched.process.kill()).toEqual([])
})
