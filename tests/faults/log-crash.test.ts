// F02 and F29: a host that is killed takes its processes along, and what its logs hold can be read afterwards.

import { cp, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { decodeRecords, loggedBytes, sessionIdFrom, type SessionId } from '@limpet/protocol'
import {
  inRound,
  leakCheck,
  processesWith,
  recordFigure,
  startHost,
  waitFor,
  type HostFixture,
  type RawLink,
} from '@limpet/testkit'
import { expect, test } from 'vitest'
import { readLog } from './log-readers.ts'

const ROUNDS = inRound(2, 10)
const CUTS = 200

/** A line for each look, then silence; with a descendant that fled. */
const PROGRAM =
  'setsid sleep 1000 & i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo $i; done; sleep 1000'
const LINES = Array.from({ length: 500 }, (_, at) => `${at + 1}\n`).join('')

test('[LOG-7] F02: a killed host leaves no process, and its sessions are lost, listed and readable', async () => {
  await using host = await startHost()
  const leaks = leakCheck(host)
  const goneMs: number[] = []
  for (let round = 1; round <= ROUNDS; round += 1) {
    const link = await host.link()
    const ids: SessionId[] = []
    for (let at = 1; at <= 10; at += 1) {
      const isTerminal = at % 2 === 0
      const plan = host.plan(['sh', '-c', isTerminal ? `stty -onlcr; ${PROGRAM}` : PROGRAM], {
        ...(isTerminal && { terminal: { columns: 80, rows: 24 } }),
      })
      const { session } = await link.request('session.open', { plan, view: host.view(at) })
      ids.push(session.id)
      await link.until('all lines', () => link.outputOf(at).endsWith('\n500\n'))
    }
    await onDisk(host, ids)
    const before = processesWith('HOME', host.scratch.home)
    expect(before.length).toBeGreaterThan(20)
    const killedMs = performance.now()
    await host.server.end('SIGKILL')
    await waitFor(
      'all processes to end',
      () => processesWith('HOME', host.scratch.home).length === 0,
    )
    goneMs.push(performance.now() - killedMs)
    link[Symbol.dispose]()
    const startedMs = performance.now()
    await host.start()
    expect(performance.now() - startedMs).toBeLessThan(10_000)
    using again = await host.link()
    const { sessions } = await again.request('session.list', {})
    expect(sessions.filter(({ id, state }) => ids.includes(id) && state === 'lost')).toHaveLength(
      10,
    )
    for (const [at, session] of ids.entries()) {
      const { output, gaps } = await readLog(host, again, { session, attachment: at + 1 })
      expect(gaps).toEqual([])
      expect(output.toString()).toBe(LINES)
      await again.request('session.remove', { session })
    }
    expect((await again.request('session.list', {})).sessions).toEqual([])
    await waitFor('the logs to be removed', async () => (await sessionsOnDisk(host)).length === 0)
  }
  await leaks.expectNone()
  const worst = Math.max(...goneMs).toFixed(0)
  recordFigure(
    'F02',
    `${ROUNDS} rounds: 30 processes gone after ${worst} ms at most, 10 of 10 sessions lost and readable, 0 sockets left`,
  )
  // On a machine that does nothing else it is some 10 ms; the look at /proc is part of it.
  expect(Math.max(...goneMs)).toBeLessThan(2000)
})

test('a process that was asked to outlive its session is left alone when the host is killed', async () => {
  await using host = await startHost()
  {
    using link = await host.link()
    const plan = host.plan(['sh', '-c', 'trap "" HUP; echo up; exec sleep 1000'], {
      onEnd: 'leave',
    })
    const { session } = await link.request('session.open', { plan, view: host.view(1) })
    await link.until('the first line', () => link.outputOf(1).includes('up'))
    await onDisk(host, [session.id])
  }
  await host.server.end('SIGKILL')
  await host.start()
  using link = await host.link()
  await link.request('link.ping', {})
  const left = processesWith('HOME', host.scratch.home).filter((pid) => pid !== host.pid)
  expect(left.length).toBeGreaterThan(0)
  for (const pid of left) process.kill(pid, 'SIGKILL')
})

test(`[LOG-7] F29: a log cut at any byte of its last records opens, with all whole records`, async () => {
  await using host = await startHost()
  const original = await crashWithLog(host)
  const directory = join(host.stateDirectory, 'sessions')
  const [name] = (await readdir(join(directory, original))).filter((one) => one.endsWith('.log'))
  const bytes = await readFile(join(directory, original, name ?? ''))
  const { records } = decodeRecords(bytes)
  const edges = records.reduce<number[]>(
    (all, one) => [...all, (all.at(-1) ?? 0) + 24 + loggedBytes(one)],
    [0],
  )
  const firstCut = edges.at(-4) ?? 0
  const copies: { id: SessionId; cut: number }[] = []
  for (let at = 0; at < CUTS; at += 1) {
    const id = sessionIdFrom(randomBytes(16))
    const cut = firstCut + Math.floor((at * (bytes.length - firstCut)) / (CUTS - 1))
    await copySession(directory, { from: original, to: id })
    await truncate(join(directory, id, name ?? ''), cut)
    copies.push({ id, cut })
  }
  const startedMs = performance.now()
  await host.start()
  const startMs = performance.now() - startedMs
  using link = await host.link()
  for (const [at, { id, cut }] of copies.entries()) {
    const whole = edges.filter((edge) => edge <= cut).length - 1
    const { records: read, gaps } = await readLog(host, link, { session: id, attachment: at + 1 })
    expect(gaps).toEqual([])
    expect(read.map(({ offset }) => offset)).toEqual(
      records.slice(0, whole).map(({ offset }) => offset),
    )
    const file = await readFile(join(directory, id, name ?? ''))
    expect(file.length).toBe(edges[whole])
  }
  expect(host.server.transcript()).toContain('session.tail-cut')
  recordFigure(
    'F29',
    `${CUTS} cuts: all open, all whole records kept; the start took ${startMs.toFixed(0)} ms`,
  )
})

test('[LOG-4] an ended session comes back with a new host: output, exit, name and labels, and no value of its environment', async () => {
  await using host = await startHost()
  const secret = randomBytes(16).toString('hex')
  let id: SessionId
  {
    using link = await host.link()
    const plan = host.plan(['sh', '-c', 'echo hello; exit 7'], {
      environment: { ...host.environment, SECRET: secret },
    })
    const labels = { team: 'blue' }
    const { session } = await link.request('session.open', {
      plan,
      name: 'greeting',
      labels,
      view: host.view(1),
    })
    id = session.id
    await link.exitOf(1)
    await link.request('session.see', { session: id, outputAt: Date.now() })
  }
  await host.server.end('SIGTERM')
  const text = await readFile(join(host.stateDirectory, 'sessions', id, 'session.json'), 'utf8')
  expect(text).toContain('"SECRET"')
  expect(text).not.toContain(secret)
  await host.start()
  using link = await host.link()
  const { sessions, seen } = await link.request('session.list', {})
  expect(sessions).toMatchObject([
    { id, state: 'ended', name: 'greeting', labels: { team: 'blue' }, exit: { code: 7 } },
  ])
  expect(Object.keys(seen ?? {})).toEqual([id])
  const { output } = await readLog(host, link, { session: id, attachment: 1 })
  expect(output.toString()).toBe('hello\n')
})

/** Waits until what was written so far would survive a crash. */
async function onDisk(host: HostFixture, ids: readonly SessionId[]): Promise<void> {
  using link = await host.link()
  const { sessions } = await link.request('session.list', {})
  for (const { id, end } of sessions) {
    if (!ids.includes(id)) continue
    const directory = join(host.stateDirectory, 'sessions', id)
    await waitFor(`the log of ${id} to be on disk`, async () => {
      const names: string[] = await readdir(directory).catch(() => [])
      const logs = await Promise.all(
        names
          .filter((name) => name.endsWith('.log'))
          .map((name) => readFile(join(directory, name))),
      )
      const records = logs.flatMap((bytes) => decodeRecords(bytes).records)
      const written = records.reduce((sum, record) => sum + loggedBytes(record), 0)
      return names.includes('session.json') && written >= end
    })
  }
}

async function sessionsOnDisk(host: HostFixture): Promise<string[]> {
  return readdir(join(host.stateDirectory, 'sessions'))
}

/** A host that was killed while a session wrote records of different sizes. @returns the session */
async function crashWithLog(host: HostFixture): Promise<SessionId> {
  const link: RawLink = await host.link()
  const script =
    'for size in 5 900 30 200 70 11 120; do sleep 0.1; head -c $size /dev/zero | tr "\\0" x; done; echo; sleep 1000'
  const plan = host.plan(['sh', '-c', script])
  const { session } = await link.request('session.open', { plan, view: host.view(1) })
  await link.until('the last line', () => link.outputOf(1).endsWith('\n'))
  await onDisk(host, [session.id])
  await host.server.end('SIGKILL')
  link[Symbol.dispose]()
  return session.id
}

async function copySession(
  directory: string,
  { from, to }: { readonly from: SessionId; readonly to: SessionId },
): Promise<void> {
  await mkdir(join(directory, to), { mode: 0o700 })
  await cp(join(directory, from), join(directory, to), { recursive: true })
  const path = join(directory, to, 'session.json')
  await writeFile(path, (await readFile(path, 'utf8')).replaceAll(from, to))
}
