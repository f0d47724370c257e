// F35: things that happen at the same moment: the end and an attach, the start and a kill, two kills, many attaches.

import { LimpetError, RECORD_KIND, type SessionId } from '@limpet/protocol'
import {
  inRound,
  leakCheck,
  recordFigure,
  startHost,
  type HostFixture,
  type RawLink,
} from '@limpet/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROUNDS = inRound(50, 500)
const ATTACHES = 50

/** Nobody waits longer for what happens at once. */
const MAX_MS = 1000

let host: HostFixture
beforeAll(async () => void (host = await startHost()))
afterAll(() => host[Symbol.asyncDispose]())

/** Ends when a line is typed. */
const LINE_THEN_END = ['sh', '-c', 'read line; echo bye; exit 3']

const slowest = (timesMs: readonly number[]): string => `${Math.max(...timesMs).toFixed(0)} ms`

test(`[LOG-4] F35: who attaches at the moment of the exit gets all output and one exit (${ROUNDS} rounds)`, async () => {
  using typist = await host.link()
  using other = await host.link()
  const leaks = leakCheck(host)
  const timesMs: number[] = []
  for (let round = 1; round <= ROUNDS; round += 1) {
    const plan = host.plan(LINE_THEN_END)
    const opened = await typist.request('session.open', { plan, view: host.view(round) })
    const session = opened.session.id
    const startedMs = performance.now()
    // Both are under way at once, over two sockets: the host sees them in either order.
    typist.input({ attachment: round, sequence: 1, bytes: '\n' })
    for (let pings = 0; pings < round % 5; pings += 1) await other.request('link.ping', {})
    await other.request('session.attach', { session, from: 'start', view: host.view(round) })
    for (const link of [typist, other]) await expectOneExit(link, round)
    timesMs.push(performance.now() - startedMs)
    expect([typist.outputOf(round), other.outputOf(round)]).toEqual(['bye\n', 'bye\n'])
    await typist.request('session.remove', { session })
  }
  expect(Math.max(...timesMs)).toBeLessThan(MAX_MS)
  await leaks.expectNone()
  recordFigure(
    'F35',
    `${ROUNDS} rounds, one exit for each viewer within ${slowest(timesMs)}`,
    'attach at the exit',
  )
})

test(`F35: what is killed at the moment of its start ends once, and so does what lost its owner (${ROUNDS} rounds)`, async () => {
  using watcher = await host.link()
  const leaks = leakCheck(host)
  const exits = new Map<unknown, number>()
  await watcher.request('session.list', { watch: true })
  const timesMs: number[] = []
  for (let round = 1; round <= ROUNDS; round += 1) {
    using link = await host.link()
    const plan = host.plan(['sleep', '60'], { lifetime: 'client', stdin: 'empty' })
    const startedMs = performance.now()
    const opening = link.ask('session.open', { plan })
    // In even rounds the owner leaves before it can know what it has started.
    if (round % 2 === 0) link.channel.close()
    const { params } = await watcher.notified('session.opened')
    const { id } = params['session'] as { id: SessionId } // as the host declares it
    if (round % 2 === 1) {
      await watcher.request('session.kill', { session: id, force: true })
      await opening
    } else opening.catch(() => {}) // it has left
    await watcher.notified('session.exited')
    timesMs.push(performance.now() - startedMs)
    await removeIfThere(watcher, id)
    await watcher.notified('session.removed')
    for (const { method, params: said } of watcher.notifications.splice(0)) {
      const ended = said['session'] as { id?: unknown } | undefined // as the host declares it
      if (method === 'session.exited') exits.set(ended?.id, (exits.get(ended?.id) ?? 0) + 1)
    }
  }
  expect([...exits.values()]).toEqual(Array.from({ length: ROUNDS }, () => 1))
  expect(Math.max(...timesMs)).toBeLessThan(MAX_MS)
  await leaks.expectNone()
  recordFigure(
    'F35',
    `${ROUNDS} rounds, one exit each within ${slowest(timesMs)}`,
    'kill at the start',
  )
})

test('F35: two kills at once make one exit, and none is an error that means anything else', async () => {
  using one = await host.link()
  using two = await host.link()
  const leaks = leakCheck(host)
  const timesMs: number[] = []
  for (let round = 1; round <= ROUNDS; round += 1) {
    const plan = host.plan(['sleep', '60'])
    const opened = await one.request('session.open', { plan, view: host.view(round) })
    const session = opened.session.id
    const startedMs = performance.now()
    const answers = await Promise.all(
      [one, two].flatMap((link) => [
        link.ask('session.kill', { session }),
        link.ask('session.kill', { session, force: true }),
      ]),
    )
    const refusals = answers.flatMap((answer) => (answer.kind === 'error' ? [answer.error] : []))
    expect(refusals.filter(({ code }) => code !== 'SESSION_ENDED')).toEqual([])
    await expectOneExit(one, round)
    timesMs.push(performance.now() - startedMs)
    await one.request('session.remove', { session })
  }
  expect(Math.max(...timesMs)).toBeLessThan(MAX_MS)
  await leaks.expectNone()
  recordFigure(
    'F35',
    `${ROUNDS} rounds, one exit each within ${slowest(timesMs)}`,
    'four kills at once',
  )
})

test(`F35: ${ATTACHES} attaches at once all get every byte and the exit`, async () => {
  using typist = await host.link()
  using other = await host.link()
  const leaks = leakCheck(host)
  const plan = host.plan(LINE_THEN_END)
  const { session } = await typist.request('session.open', { plan, view: host.view(1) })
  const startedMs = performance.now()
  const ids = Array.from({ length: ATTACHES }, (_none, index) => index + 1)
  const attaches = ids.map((id) =>
    other.request('session.attach', { session: session.id, from: 'start', view: host.view(id) }),
  )
  typist.input({ attachment: 1, sequence: 1, bytes: '\n' })
  await Promise.all(attaches)
  for (const id of ids) await expectOneExit(other, id)
  const tookMs = performance.now() - startedMs
  expect(ids.filter((id) => other.outputOf(id) !== 'bye\n')).toEqual([])
  expect(tookMs).toBeLessThan(MAX_MS)
  await typist.request('session.remove', { session: session.id })
  await leaks.expectNone()
  recordFigure(
    'F35',
    `all have every byte and one exit after ${tookMs.toFixed(0)} ms`,
    '50 attaches at once',
  )
})

async function expectOneExit(link: RawLink, attachment: number): Promise<void> {
  await link.exitOf(attachment)
  const records = link.recordsOf(attachment)
  expect(records.filter(({ kind }) => kind === RECORD_KIND.exit)).toHaveLength(1)
  expect(records.at(-1)?.kind).toBe(RECORD_KIND.exit)
}

/** The host forgets what belonged to a link that left, sooner or later than this. */
async function removeIfThere(link: RawLink, session: SessionId): Promise<void> {
  try {
    await link.request('session.remove', { session })
  } catch (error) {
    if (!(error instanceof LimpetError && error.code === 'SESSION_NOT_FOUND')) throw error
  }
}
