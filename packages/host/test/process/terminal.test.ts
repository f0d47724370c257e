// Processes in a terminal: job control, keys, size, exit, and an end that loses nothing. [LOG-4]

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  CountingClock,
  foreground,
  foregroundCommand,
  Room,
  waitFor,
  type Watched,
} from './support.ts'

const BASH = ['bash', '--norc', '--noprofile', '-i'] as const
const PROMPT = { PS1: 'ready> ', HISTFILE: '/dev/null' }

/** An interactive bash that has printed its prompt. */
async function shell(room: Room): Promise<Watched> {
  const environment = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', TERM: 'dumb', ...PROMPT }
  const watched = await room.terminal(BASH, { environment })
  await watched.says(/ready> $/)
  return watched
}

test('the process leads its own session and owns the terminal in which it is in the foreground', async () => {
  await using room = new Room()
  const watched = await room.terminal([
    'bash',
    '-c',
    'tty; ps -o pid=,sid=,pgid=,tpgid= -p $$; exit 9',
  ])
  expect(await watched.ended()).toMatchObject({ code: 9, signal: null })
  const [tty, ids] = watched.text().split('\r\n')
  expect(tty).toMatch(/^\/dev\/pts\/\d+$/)
  expect(new Set(ids?.trim().split(/\s+/))).toEqual(new Set([String(watched.process.pid)]))
})

test('a signal that ended a process in a terminal is reported as a signal', async () => {
  await using room = new Room()
  const watched = await room.terminal(['bash', '-c', 'kill -9 $$'])
  expect(await watched.ended()).toMatchObject({ code: null, signal: 'SIGKILL' })
})

test('bash has job control: background, ^Z, fg, ^C', async () => {
  await using room = new Room()
  const bash = await shell(room)
  expect(bash.text()).not.toContain('no job control')
  bash.type('sleep 101 &\n')
  await bash.says(/\[1\] \d+\r\n.*ready> $/)
  bash.type('sleep 102\n')
  await foreground(bash, 'sleep 102')
  bash.type('\x1a')
  await bash.says(/\[2\]\+ +Stopped +sleep 102\r\n.*ready> $/)
  bash.type('fg\n')
  await foreground(bash, 'sleep 102')
  bash.type('\x03')
  await bash.says(/\^C\r\n.*ready> $/)
  bash.type('jobs; echo status $?\n')
  await bash.says(/\[1\]\+ +Running +sleep 101 &\r\nstatus 0/)
  bash.type('kill %1; wait %1; exit 4\n')
  expect(await bash.ended()).toMatchObject({ code: 4 })
})

test('SIGINT sent from outside reaches the job in the foreground, as the key would', async () => {
  await using room = new Room()
  const bash = await shell(room)
  bash.type('sleep 103; echo interrupted $?\n')
  await foreground(bash, 'sleep 103')
  bash.process.signal('SIGINT')
  await bash.says(/ready> $/)
  await waitFor('the shell in the foreground', () => foregroundCommand(bash)?.startsWith('bash'))
  bash.type('echo alive\n')
  await bash.says(/\r\nalive\r\n/)
})

test('^C interrupts Python at its prompt and in a loop, and Python goes on', async () => {
  await using room = new Room()
  const environment = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', TERM: 'dumb' }
  const python = await room.terminal(['python3', '-q', '-E'], { environment })
  await python.says(/>>> $/)
  python.type('while True: print("turn")\n\n')
  await python.says(/turn\r\nturn\r\n/)
  python.type('\x03')
  await python.says(/KeyboardInterrupt\r\n[^]*>>> $/)
  python.type('6 * 7\n')
  await python.says(/\r\n42\r\n>>> $/)
  python.type('\x04')
  expect(await python.ended()).toMatchObject({ code: 0 })
})

test('a new size reaches the program with SIGWINCH', async () => {
  await using room = new Room()
  const watched = await room.terminal([
    ...['bash', '-c'],
    'stty size; trap "stty size; exit" WINCH; echo waiting; while :; do sleep 0.01; done',
  ])
  await watched.says(/24 80\r\nwaiting/)
  watched.process.resize(133, 44)
  await watched.says(/44 133\r\n/)
  expect(() => watched.process.resize(0, 1e9)).toThrow(RangeError)
})

test('the terminal knows UTF-8: backspace takes a whole character', async () => {
  await using room = new Room()
  const watched = await room.terminal(['bash', '-c', 'echo ready; head -n 1'])
  await watched.says(/ready/)
  watched.type('aä€😀\x7f\x7f\x7fb\n')
  await watched.ended()
  expect(watched.text().split('\r\n').at(-2)).toBe('ab')
})

test('nobody else may write onto the screen', async () => {
  await using room = new Room()
  const watched = await room.terminal(['bash', '-c', 'tty; read'])
  const path = (await watched.says(/\/dev\/pts\/\d+/))[0]
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('the end of input ends a program that reads lines', async () => {
  await using room = new Room()
  const watched = await room.terminal(['cat'])
  watched.type('line\n')
  await watched.says(/line\r\nline\r\n/)
  watched.process.endInput()
  expect(await watched.ended()).toMatchObject({ code: 0 })
})

test('a long paste arrives whole at a program that reads raw bytes', async () => {
  await using room = new Room()
  const watched = await room.terminal([
    ...['bash', '-c'],
    'stty raw -echo; echo ready; head -c 1000000 | tr -dc x | wc -c',
  ])
  await watched.says(/ready/)
  const taken: number[] = []
  for (let part = 0; part < 10; part += 1) {
    watched.process.write(Buffer.alloc(100_000, 'x'), (error) => {
      expect(error).toBeUndefined()
      taken.push(part)
    })
  }
  await watched.says(/1000000/)
  expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('a program that reads nothing keeps only its own input waiting, by one timer', async () => {
  const clock = new CountingClock()
  await using room = new Room({ clock })
  const deaf = await room.terminal(['bash', '-c', 'stty raw -echo; echo ready; sleep 100'])
  await deaf.says(/ready/)
  let answers = 0
  for (let part = 0; part < 40; part += 1) {
    deaf.process.write(Buffer.alloc(16 * 1024, 'x'), () => (answers += 1))
  }
  const echo = await room.terminal(['cat'])
  const startMs = performance.now()
  echo.type('hello\n')
  await echo.says(/hello\r\nhello/)
  expect(performance.now() - startMs).toBeLessThan(1_000)
  expect(answers).toBeLessThan(40)
  expect(clock.timers).toBe(1)
  await deaf.process.kill()
  await deaf.ended()
  expect(answers).toBe(40)
})

test('4 000 bytes printed while paused outlive the exit', async () => {
  await using room = new Room()
  const watched = await room.terminal(['bash', '-c', 'head -c 4000 /dev/zero'])
  watched.process.pauseOutput()
  expect(await watched.ended()).toMatchObject({ code: 0 })
  expect(watched.bytes()).toEqual(Buffer.alloc(4000))
})

test('what was printed right before the exit is whole, a hundred times', async () => {
  await using room = new Room()
  for (let round = 0; round < 100; round += 1) {
    const watched = await room.terminal(['seq', '1', '20000'])
    expect(await watched.ended()).toMatchObject({ code: 0 })
    expect(watched.text().split('\r\n').at(-2)).toBe('20000')
    expect(watched.bytes().length).toBe(128_894)
    expect(watched.events.filter((event) => event === 'output end')).toHaveLength(1)
  }
})

test('a program that leaves the terminal for a while may come back to it', async () => {
  await using room = new Room()
  const watched = await room.terminal([
    ...['bash', '-c'],
    'echo before; exec 0<&- 1>&- 2>&-; sleep 0.2; echo after >/dev/tty; exit 6',
  ])
  expect(await watched.ended()).toMatchObject({ code: 6 })
  expect(watched.text()).toBe('before\r\nafter\r\n')
})

test('a survivor in the terminal is heard until drainMs and never blocked afterwards', async () => {
  await using room = new Room()
  const proof = join(room.directory, 'survived')
  const watched = await room.terminal(
    [
      ...['bash', '-c'],
      `trap '' HUP; (until test -e go; do sleep 0.01; done; seq 1 200000; : > ${proof}) & echo in time; exit 5`,
    ],
    { drainMs: 100 },
  )
  expect(await watched.ended()).toMatchObject({ code: 5 })
  expect(watched.events.slice(-2)).toEqual(['drain timeout', 'output end'])
  expect(watched.drainTimeout).toEqual(['stdout'])
  await (await room.bash(': > go')).ended()
  await waitFor('the survivor to finish', () => existsSync(proof))
  await watched.process.released
  expect(watched.text()).toBe('in time\r\n')
})
