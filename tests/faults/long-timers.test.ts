// F38: times longer than a timer can wait. Such a timer fires at once, and what should last for a month is gone.

import { setTimeout as pause } from 'node:timers/promises' // fixed wait: that nothing happens takes time to see
import { MAX_KEEP_ENDED_MS, MAX_SHARE_MS, type SessionId } from '@limpet/protocol'
import { recordFigure, startHost, startLimpet, type HostFixture } from '@limpet/testkit'
import { expect, test } from 'vitest'

const DAY_MS = 24 * 60 * 60 * 1000
const LONG_TIMES_MS = [30 * DAY_MS, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, MAX_KEEP_ENDED_MS]

/** A timer that is too long fires after 1 ms. */
const LOOK_AFTER_MS = 300

test('F38: ended sessions that are kept for months stay, over a restart of the host too; short ones go', async () => {
  await using host = await startHost()
  const kept: SessionId[] = []
  for (const keepEndedMs of LONG_TIMES_MS) kept.push(await endedSession(host, keepEndedMs))
  await endedSession(host, LOOK_AFTER_MS / 3)
  await pause(LOOK_AFTER_MS) // fixed wait: that nothing happens takes time to see
  expect(await listed(host)).toEqual(kept.toReversed())
  await host.server.end('SIGTERM')
  await host.start()
  await pause(LOOK_AFTER_MS) // fixed wait: that nothing happens takes time to see
  expect(new Set(await listed(host))).toEqual(new Set(kept))
})

test('F38: a share for thirty days, which is longer than a timer can wait, holds', async () => {
  expect(MAX_SHARE_MS).toBeGreaterThan(2 ** 31)
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const session = await client.open({ argv: ['cat'] })
  const { share } = await client.createShare(session.id, { forMs: MAX_SHARE_MS })
  await pause(LOOK_AFTER_MS) // fixed wait: that nothing happens takes time to see
  expect((await client.listShares()).map(({ id }) => id)).toEqual([share.id])
  await session.close()
  recordFigure(
    'F38',
    `${LONG_TIMES_MS.length} times of 25 days to 10 years and a share for 30 days: none was over after ${LOOK_AFTER_MS} ms, nor after a restart`,
  )
})

async function endedSession(host: HostFixture, keepEndedMs: number): Promise<SessionId> {
  using link = await host.link()
  const plan = host.plan(['echo', 'kept'], { keepEndedMs })
  const { session } = await link.request('session.open', { plan, view: host.view(1) })
  await link.exitOf(1)
  return session.id
}

async function listed(host: HostFixture): Promise<SessionId[]> {
  using link = await host.link()
  return (await link.request('session.list', {})).sessions.map(({ id }) => id)
}
