// What a process leaves behind is found, wherever it went, and ended within two seconds; nobody else is. (F32)

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseProcessEntry, readProcessEntry } from '../../src/process/proc-stat.ts'
import { isRunning, Room, waitFor, type Watched } from './support.ts'

/** Starts `script` in the background of a bash that then exits, and waits for its pid in a file. */
async function leaveBehind(
  room: Room,
  script: string,
  isTerminal = false,
): Promise<[Watched, number]> {
  const whole = `${script} >/dev/null 2>&1 </dev/null & until test -s pid; do sleep 0.01; done; cat pid`
  const watched = isTerminal ? await room.terminal(['bash', '-c', whole]) : await room.bash(whole)
  await watched.ended()
  const pid = Number(/\d+/.exec(watched.text())?.[0])
  expect(isRunning(pid)).toBe(true)
  return [watched, pid]
}

const FOREVER = 'echo $$ >pid; while :; do sleep 0.05; done'

test.each([
  ['a background job', `bash -c '${FOREVER}'`],
  ['one that ignores the hang-up', `nohup bash -c '${FOREVER}'`],
  ['a daemon in a session of its own', `setsid bash -c '${FOREVER}'`],
  [
    'a daemon that forked twice',
    `setsid bash -c '({ ${FOREVER.replace('$$', '$BASHPID')}; } &) & exit'`,
  ],
  ['one that wiped its environment', `env -i /bin/bash -c '${FOREVER}'`],
  ['a stopped one', `bash -c 'echo $$ >pid; kill -STOP $$'`],
])('%s is ended', async (_name, script) => {
  await using room = new Room()
  const [watched, pid] = await leaveBehind(room, script)
  const startMs = performance.now()
  expect(await watched.process.endDescendants()).toEqual([])
  expect(performance.now() - startMs).toBeLessThan(2_000)
  expect(isRunning(pid)).toBe(false)
})

test('a job that a terminal left behind is ended, and gives the terminal free', async () => {
  await using room = new Room()
  const watched = await room.terminal(['bash', '-c', "trap '' HUP; sleep 106 & echo $!"], {
    drainMs: 20,
  })
  await watched.ended()
  expect(watched.drainTimeout).toEqual(['stdout'])
  expect(room.ports.terminals.openCount).toBe(1)
  expect(await watched.process.endDescendants()).toEqual([])
  await watched.process.released
  expect(room.ports.terminals.openCount).toBe(0)
})

test('one may tidy up when asked', async () => {
  await using room = new Room()
  const script = `setsid bash -c 'trap ": >tidied; exit" TERM; trap "" HUP; ${FOREVER}'`
  const [watched] = await leaveBehind(room, script)
  expect(await watched.process.endDescendants()).toEqual([])
  expect(existsSync(join(room.directory, 'tidied'))).toBe(true)
})

test('one that ignores every request is killed within two seconds', async () => {
  await using room = new Room()
  const [watched, pid] = await leaveBehind(
    room,
    `setsid bash -c 'trap "" HUP TERM INT; ${FOREVER}'`,
  )
  const startMs = performance.now()
  expect(await watched.process.endDescendants()).toEqual([])
  const tookMs = performance.now() - startMs
  expect(isRunning(pid)).toBe(false)
  expect(tookMs).toBeGreaterThan(900)
  expect(tookMs).toBeLessThan(2_000)
})

test('kill ends a running process and everything around it at once', async () => {
  await using room = new Room()
  const watched = await room.bash(
    `trap '' TERM HUP; setsid bash -c 'trap "" HUP TERM; ${FOREVER}' & sleep 107 & wait`,
  )
  await waitFor('the daemon', () => existsSync(join(room.directory, 'pid')))
  const startMs = performance.now()
  expect(await watched.process.kill()).toEqual([])
  expect(performance.now() - startMs).toBeLessThan(900)
  expect(await watched.ended()).toMatchObject({ signal: 'SIGKILL' })
  await watched.process.released
})

test('other sessions and strangers are left alone, also when many end at once', async () => {
  await using room = new Room()
  const bystanders = await Promise.all(
    Array.from({ length: 4 }, async () =>
      room.bash('sleep 108 & echo $!; setsid sleep 109 & wait'),
    ),
  )
  const children = await Promise.all(
    bystanders.map(async (watched) => Number((await watched.says(/\d+/))[0])),
  )
  const left = await Promise.all(
    Array.from({ length: 4 }, async () => room.bash('sleep 110 >/dev/null 2>&1 & echo $!; exit 0')),
  )
  await Promise.all(left.map(async (watched) => watched.ended()))
  const orphans = left.map((watched) => Number(watched.text()))
  expect(orphans.map(isRunning)).toEqual([true, true, true, true])
  const results = await Promise.all(left.map(async ({ process }) => process.endDescendants()))
  expect(results).toEqual([[], [], [], []])
  expect(orphans.map(isRunning)).toEqual([false, false, false, false])
  expect(children.map(isRunning)).toEqual([true, true, true, true])
})

test('a process that started its own Limpet session inside is not counted as the outer one’s', async () => {
  await using room = new Room()
  const watched = await room.bash('LIMPET_SESSION=inner sleep 111 & echo $!; exec sleep 112')
  const inner = Number((await watched.says(/\d+/))[0])
  await waitFor('the inner environment', () => readProcessEntry(inner)?.state === 'S')
  const mark = { leader: watched.process.pid, startTicks: 0, ranMs: 0, hasExited: false }
  const outer = await room.ports.descendants.find({ ...mark, sessionId: 'outer' })
  expect(outer).not.toContain(inner)
  expect(await room.ports.descendants.find({ ...mark, sessionId: 'inner' })).toContain(inner)
})

test('a number that the kernel gave away again does not make strangers descendants', async () => {
  await using room = new Room()
  const stranger = await room.bash('env -i sleep 113 & echo $!; exec env -i sleep 114')
  const child = Number((await stranger.says(/\d+/))[0])
  await waitFor('both', () => [child, stranger.process.pid].every(isWiped))
  const mark = { leader: stranger.process.pid, startTicks: 0, sessionId: 'gone', ranMs: 60_000 }
  expect(await room.ports.descendants.find({ ...mark, hasExited: true })).toEqual([])
  expect(await room.ports.descendants.find({ ...mark, hasExited: false })).toEqual([child])
  // Who is older than the leader was born before it.
  const late = { ...mark, startTicks: Number.MAX_SAFE_INTEGER, hasExited: false }
  expect(await room.ports.descendants.find(late)).toEqual([])
  process.kill(child)
})

test('a command’s name may hold anything, and the fields behind it are still found', () => {
  const rest = 'S 10 20 30 34816 40 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 10'
  expect(parseProcessEntry(`7 (a) b (c) ${rest}`)).toEqual({
    ...{ pid: 7, state: 'S', parentPid: 10, group: 20, processSession: 30 },
    ...{ foregroundGroup: 40, startTicks: 987_654 },
  })
  expect(parseProcessEntry('')).toBeUndefined()
  expect(parseProcessEntry('7 (cut) S 1 2')).toBeUndefined()
})

function isWiped(pid: number): boolean {
  return readFileSync(`/proc/${pid}/environ`, 'latin1') === ''
}
