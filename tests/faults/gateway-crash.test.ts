// F01: the gateway is killed in the middle of everything, again and again, and comes back.

import { setTimeout as pause } from 'node:timers/promises' // fixed wait: the random moment of the kill
import type { Limpet, Session } from '@limpet/client'
import {
  inRound,
  isAlive,
  leakCheck,
  recordFigure,
  seededRandom,
  startLimpet,
  waitFor,
  within,
} from '@limpet/testkit'
import { expect, test } from 'vitest'
import { Clients } from './clients.ts'
import { NUMBERED_LINES_ARGV, NumberedLines } from './numbered-lines.ts'

const SESSIONS = 10
const ROUNDS = inRound(5, 50)
const MAX_BACK_MS = 3000
const LATEST_KILL_MS = 500

/** One client with a connection of its own, and the session that it watches. */
class Watcher {
  readonly client: Limpet
  readonly session: Session
  readonly lines: NumberedLines = new NumberedLines()
  gaps = 0
  readonly reading: Promise<void>

  constructor(client: Limpet, session: Session) {
    this.client = client
    this.session = session
    this.reading = this.#read()
  }

  async #read(): Promise<void> {
    for await (const record of this.session.output) {
      if (record.type === 'gap') this.gaps += 1
      if (record.type === 'output') this.lines.take(record.bytes)
    }
  }
}

test(`[LOG-2] F01: after ${ROUNDS} crashes of the gateway no line is lost or doubled, and all programs live`, async () => {
  const random = seededRandom()
  await using limpet = await startLimpet()
  await using clients = await Clients.connect(limpet, SESSIONS)
  const leaks = leakCheck(limpet)
  const watchers: Watcher[] = []
  for (const client of clients.all) {
    watchers.push(new Watcher(client, await client.open({ argv: NUMBERED_LINES_ARGV })))
  }
  const pids = watchers.map(({ session }) => session.info.pid ?? 0)
  const backMs: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await pause(random.integer(0, LATEST_KILL_MS)) // fixed wait: the random moment of the kill
    await limpet.killGateway()
    const before = watchers.map(({ lines }) => lines.next)
    await limpet.restartGateway()
    const startedMs = performance.now()
    await waitFor('everybody to read on', () =>
      watchers.every(({ lines }, index) => lines.next > (before[index] ?? 0)),
    )
    backMs.push(performance.now() - startedMs)
  }
  expect(pids.filter(isAlive)).toEqual(pids)
  await Promise.all(watchers.map(({ session }) => session.endInput()))
  await within('the last line', Promise.all(watchers.map(({ reading }) => reading)))
  const lost = sum(watchers.map(({ lines }) => lines.lost))
  const doubled = sum(watchers.map(({ lines }) => lines.doubled))
  const lines = sum(watchers.map((watcher) => watcher.lines.next))
  expect({ lost, doubled, gaps: sum(watchers.map(({ gaps }) => gaps)) }).toEqual({
    lost: 0,
    doubled: 0,
    gaps: 0,
  })
  expect(watchers.filter((watcher) => !watcher.lines.isWhole)).toEqual([])
  const slowestMs = Math.max(...backMs)
  expect(slowestMs).toBeLessThan(MAX_BACK_MS)
  for (const { client, session } of watchers) {
    expect(await session.exited).toMatchObject({ code: 0 })
    await client.request('session.remove', { session: session.id })
  }
  await leaks.expectNone()
  recordFigure(
    'F01',
    `${ROUNDS} kills: ${SESSIONS}/${SESSIONS} programs alive, all clients read on ${slowestMs.toFixed(0)} ms ` +
      `after the restart at most, ${lines} lines, ${lost} lost, ${doubled} doubled`,
  )
})

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
