// The list of sessions, however long: each answer fits a frame, all of them together are the whole list.

import { MAX_FRAME_BYTES, RIGHTS, type SessionInfo } from '@limpet/protocol'
import { Limpet, type SessionChange } from '@limpet/client'
import { connectToHost } from '@limpet/link'
import { startHost, waitFor, type HostFixture, type RawLink } from '@limpet/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** Long command lines make few sessions a long list: together 2.6 MB. */
const TITLE = 'x'.repeat(130_000)
const COUNT = 20

describe('the list of sessions', () => {
  let host: HostFixture
  const opened: string[] = []

  beforeAll(async () => {
    host = await startHost()
    using link = await host.link()
    for (let at = 0; at < COUNT; at++) {
      const plan = host.plan(['true'], { title: `${at}${TITLE}` })
      const { session } = await link.request('session.open', { plan })
      opened.unshift(session.id)
    }
  })
  afterAll(() => host[Symbol.asyncDispose]())

  test('[CTRL-8] comes newest first, in answers that each fit a frame', async () => {
    using link = await host.link()
    const pages = await pagesOf(link)
    expect(pages.length).toBeGreaterThan(1)
    for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(MAX_FRAME_BYTES)
    expect(pages.flat().map(({ id }) => id)).toEqual(opened)
  })

  test('[CTRL-8] goes on in its place when sessions before it come and go', async () => {
    using link = await host.link()
    const first = await link.request('session.list', {})
    const newest = first.sessions[0]
    await link.request('session.open', { plan: host.plan(['true']) })
    if (newest) await link.request('session.remove', { session: newest.id })
    const rest = await pagesOf(link, first.next)
    expect([...first.sessions, ...rest.flat()].map(({ id }) => id)).toEqual(opened)
  })
})

describe('a client', () => {
  test('sees the whole list and every later change, in one piece', async () => {
    await using host = await startHost()
    using link = await host.link()
    for (let at = 0; at < COUNT; at++) {
      await link.request('session.open', { plan: host.plan(['true'], { title: `${at}${TITLE}` }) })
    }
    // What still runs would end, and be told, while the list is read.
    await waitFor('all to have ended', async () =>
      (await pagesOf(link)).flat().every(({ state }) => state === 'ended'),
    )
    await using limpet = await clientOf(host)
    const changes: SessionChange[] = []
    const watch = await limpet.watchSessions((change) => changes.push(change))
    const listed = await limpet.sessions()
    expect(listed.map(({ title }) => Number.parseInt(title, 10))).toEqual(
      Array.from({ length: COUNT }, (_, at) => COUNT - 1 - at),
    )
    expect([...watch.sessions.keys()].toSorted()).toEqual(listed.map(({ id }) => id).toSorted())
    expect(changes.map(({ type }) => type)).toEqual(['listed'])

    const { session } = await link.request('session.open', { plan: host.plan(['cat']) })
    await waitFor('the watch to tell it', () => changes.some(({ type }) => type === 'opened'))
    expect(watch.sessions.get(session.id)?.state).toBe('running')
  })
})

async function clientOf(host: HostFixture): Promise<Limpet> {
  const { stateDirectory, runtimeDirectory } = host.scratch
  const location = { stateDirectory, runtimeDirectory }
  const hello = { location, build: 'test', principal: 'test', rights: RIGHTS }
  return Limpet.over(async () => (await connectToHost(hello)).channel, { reconnect: false })
}

async function pagesOf(link: RawLink, before?: number): Promise<(readonly SessionInfo[])[]> {
  const { sessions, next } = await link.request(
    'session.list',
    before === undefined ? {} : { before },
  )
  return next === undefined ? [sessions] : [sessions, ...(await pagesOf(link, next))]
}
