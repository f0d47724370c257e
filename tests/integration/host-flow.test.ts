// Windows and pauses of the host: nothing is lost, and nobody waits for somebody else.

import { setTimeout as pause } from 'node:timers/promises' // fixed wait: a pause of one second is what is tested
import {
  ACKNOWLEDGE_STEP_BYTES,
  byteOffset,
  MAX_WINDOW_BYTES,
  MIN_RETAIN_BYTES,
  MIN_WINDOW_BYTES,
  RECORD_KIND,
  type LaunchPlan,
} from '@limpet/protocol'
import { Bystander, startHost, waitFor, type HostFixture, type RawLink } from '@limpet/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

describe('flow', () => {
  let host: HostFixture
  beforeAll(async () => void (host = await startHost()))
  afterAll(() => host[Symbol.asyncDispose]())

  const kinds: readonly [string, Partial<LaunchPlan>][] = [
    ['pipes', {}],
    ['a terminal', { terminal: { columns: 80, rows: 24 } }],
  ]

  test.each(kinds)(
    '[LOG-4] 4 000 bytes printed while paused, before the exit, all arrive after the resume, on %s',
    async (_name, kind) => {
      using link = await host.link()
      using watcher = await host.link()
      await watcher.request('session.list', { watch: true })
      // Fills the window exactly; on a terminal the record of its size makes it overflow by that much.
      const fill = `head -c ${MIN_WINDOW_BYTES} /dev/zero | tr '\\0' x`
      const script = `stty -echo 2>/dev/null; ${fill}; read go; head -c 4000 /dev/zero | tr '\\0' y; exit 7`
      const { session } = await link.request('session.open', {
        plan: host.plan(['sh', '-c', script], kind),
        view: host.view(1, { windowBytes: MIN_WINDOW_BYTES }),
      })
      await waitUntilFull(link, session.id)
      const seen = link.endOf(1)
      link.input({ attachment: 1, sequence: 1, bytes: '\n' })
      await watcher.notified('session.exited', (params) =>
        JSON.stringify(params).includes(session.id),
      )
      await pause(1000) // fixed wait: longer than any library's own patience after an exit
      expect(link.endOf(1)).toBe(seen)
      link.acknowledge(1, seen)
      await consume(link, 1)
      expect(await link.exitOf(1)).toMatchObject({ code: 7 })
      const output = link.outputOf(1)
      expect([output.length, output.slice(-4000)]).toEqual([
        MIN_WINDOW_BYTES + 4000,
        'y'.repeat(4000),
      ])
    },
  )

  test('[FLOW-3] a program is paused while the only viewer is out of window, and goes on when it reads', async () => {
    using stalled = await host.link()
    using reader = await host.link()
    const plan = host.plan(['seq', '1000000'], { lifetime: 'client' })
    const view = host.view(1, { windowBytes: MIN_WINDOW_BYTES })
    const { session } = await stalled.request('session.open', { plan, view })
    await waitUntilFull(stalled, session.id)

    // The same program under a viewer who reads comes to its end in the meantime.
    await reader.request('session.open', { plan, view: host.view(1) })
    await consume(reader, 1)
    const { sessions } = await reader.request('session.list', {})
    const paused = sessions.find(({ id }) => id === session.id)
    expect(paused?.state).toBe('running')
    expect(paused?.end).toBeLessThan(10 * MIN_WINDOW_BYTES)

    await consume(stalled, 1)
    expect(stalled.outputOf(1)).toBe(reader.outputOf(1))
  })

  test('[FLOW-2] a viewer that reads nothing holds neither another viewer nor another session up', async () => {
    using bystander = await Bystander.start(host)
    using stalled = await host.link()
    using reader = await host.link()
    const plan = host.plan(['sh', '-c', 'read go; yes | head -c 4000000; echo end'], {
      lifetime: 'client',
    })
    const { session } = await stalled.request('session.open', { plan, view: host.view(1) })
    await reader.request('session.attach', {
      session: session.id,
      from: 'start',
      view: host.view(1),
    })
    stalled.input({ attachment: 1, sequence: 1, bytes: '\n' })
    const isDone = reader.exitOf(1)
    await consume(reader, 1)
    await isDone
    expect(reader.outputOf(1)).toHaveLength(4_000_004)
    expect(await bystander.echo()).toBeLessThan(1000)
    expect(stalled.recordsOf(1).some(({ kind }) => kind === RECORD_KIND.exit)).toBe(false)
  })

  test('[FLOW-4] the largest window and the smallest log do not make program and lossless viewer wait for each other', async () => {
    using link = await host.link()
    const bytes = 20_000_000
    await link.request('session.open', {
      plan: host.plan(['head', '-c', String(bytes), '/dev/zero'], {
        retainBytes: MIN_RETAIN_BYTES,
      }),
      view: { ...host.view(1), lossless: true, windowBytes: MAX_WINDOW_BYTES },
    })
    let acknowledged = 0
    await link.until('the end of the output', () => {
      const end = link.endOf(1)
      // No earlier than anybody may.
      if (end - acknowledged >= ACKNOWLEDGE_STEP_BYTES) link.acknowledge(1, (acknowledged = end))
      return link.recordsOf(1).at(-1)?.kind === RECORD_KIND.exit
    })
    expect(link.outputOf(1)).toHaveLength(bytes)
    expect(link.recordsOf(1).some(({ kind }) => kind === RECORD_KIND.gap)).toBe(false)
  })

  test('[LOG-2] a viewer that comes when the oldest bytes are gone is told so, and misses nothing after', async () => {
    using link = await host.link()
    const lines = 2_000_000
    const plan = host.plan(['seq', String(lines)], { retainBytes: MIN_RETAIN_BYTES })
    const { session } = await link.request('session.open', { plan })
    // Not before what waits for the disk has taken its place: until then, more of what is oldest goes.
    await waitFor('the end, and a log of its least length', async () => {
      const { sessions } = await link.request('session.list', {})
      const info = sessions.find(({ id }) => id === session.id)
      return info?.state === 'ended' && info.end - info.keptFrom < 1.25 * MIN_RETAIN_BYTES
    })
    await link.request('session.attach', {
      session: session.id,
      from: byteOffset(0),
      view: host.view(1),
    })
    await consume(link, 1)
    await link.exitOf(1)
    const records = link.recordsOf(1)
    const gap = JSON.parse(Buffer.from(records[0]?.payload ?? []).toString())
    expect(records[0]?.kind).toBe(RECORD_KIND.gap)
    expect(gap).toEqual({ from: 0, to: records[1]?.offset })
    const kept = link.outputOf(1).split('\n').slice(1, -1).map(Number)
    expect(kept.at(-1)).toBe(lines)
    expect(kept.every((line, index) => index === 0 || line === (kept[index - 1] ?? 0) + 1)).toBe(
      true,
    )
  })
})

/** The window of attachment 1 is full: not one byte more fits, or the next record does not. */
async function waitUntilFull(link: RawLink, session: string): Promise<void> {
  await waitFor('a full window', async () => {
    const { sessions } = await link.request('session.list', {})
    const end = sessions.find(({ id }) => id === session)?.end ?? 0
    return link.endOf(1) === MIN_WINDOW_BYTES || end > Math.max(link.endOf(1), MIN_WINDOW_BYTES)
  })
}

/** Acknowledges whatever comes until the exit. */
async function consume(link: RawLink, attachment: number): Promise<void> {
  let acknowledged = -1
  await link.until('the end of the output', () => {
    const end = link.endOf(attachment)
    if (end > acknowledged) link.acknowledge(attachment, (acknowledged = end))
    return link.recordsOf(attachment).at(-1)?.kind === RECORD_KIND.exit
  })
}
