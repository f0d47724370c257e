import { describe, expect, it } from 'vitest'
import type { SessionChange } from '../../src/index.ts'
import { connected, reconnect } from '../support/connected.ts'
import { settled } from '../support/manual-runtime.ts'

describe('a share', () => {
  it('is made, listed and taken back', async () => {
    await using context = await connected()
    const { host, limpet } = context
    const far = host.start()
    const { share, path, link } = await limpet.createShare(far.info.id, {
      role: 'operator',
      name: 'Ada',
      forMs: 60_000,
    })
    expect([share.role, share.name, link.endsWith(path)]).toEqual(['operator', 'Ada', true])
    expect(await limpet.listShares(far.info.id)).toEqual([share])
    await limpet.revokeShare(share.id)
    expect(host.requests.map(({ params }) => params)).toEqual([
      { session: far.info.id, role: 'operator', name: 'Ada', forMs: 60_000 },
      { session: far.info.id },
      { share: share.id },
    ])
  })

  it('is refused for what is no session id, before anything is asked', async () => {
    await using context = await connected()
    const asked = async (): Promise<unknown> => context.limpet.createShare('nonsense')
    await expect(asked()).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    expect(context.host.requests).toEqual([])
  })

  it('tells who came by it which session that is', async () => {
    await using context = await connected()
    expect(context.limpet.sharedSession).toBeUndefined()
    const { info } = context.host.start()
    context.host.sharedSession = info.id
    await reconnect(context)
    expect(context.limpet.sharedSession).toBe(info.id)
  })
})

describe('the host behind a gateway', () => {
  it('is said to be silent, and to answer again', async () => {
    await using context = await connected()
    const told: string[] = []
    context.limpet.onHostState((state) => told.push(state))
    for (const state of ['unresponsive', 'unresponsive', 'responsive'] as const) {
      context.host.connection.notify('host.changed', { state })
    }
    await settled()
    expect([told, context.limpet.hostState]).toEqual([['unresponsive', 'responsive'], 'responsive'])
  })

  it('answers as far as is known when a new connection was greeted by it', async () => {
    await using context = await connected()
    context.host.connection.notify('host.changed', { state: 'unresponsive' })
    await settled()
    expect(context.limpet.hostState).toBe('unresponsive')
    await reconnect(context)
    expect(context.limpet.hostState).toBe('responsive')
  })
})

describe('what was seen', () => {
  it('[END-5] comes with the list, and with each change here or elsewhere', async () => {
    await using context = await connected()
    const { host, limpet } = context
    const [first, second] = [host.start().info.id, host.start().info.id]
    host.seen = { [first]: 5 }
    const seen: unknown[] = []
    const watch = await limpet.watchSessions((change: SessionChange) => {
      if (change.type === 'listed') seen.push([...change.seen])
      if (change.type === 'seen') seen.push([change.id, change.outputAt])
    })
    await limpet.markSeen(second, 7)
    host.connection.notify('session.seen', { session: first, outputAt: 9 })
    host.connection.notify('session.seen', { session: first, outputAt: 8 })
    await settled()
    expect(seen).toEqual([[[first, 5]], [second, 7], [first, 9]])
    expect([...watch.seen]).toEqual([
      [first, 9],
      [second, 7],
    ])
    expect(host.requests.at(-1)?.params).toEqual({ session: second, outputAt: 7 })
  })

  it('is forgotten with its session', async () => {
    await using context = await connected()
    const far = context.host.start()
    context.host.seen = { [far.info.id]: 5 }
    const watch = await context.limpet.watchSessions(() => {})
    context.host.remove(far)
    await settled()
    expect(watch.seen.size).toBe(0)
  })
})

describe('the settings of a session', () => {
  it('are changed by its id, without watching it', async () => {
    await using context = await connected()
    const { info } = context.host.start()
    await context.limpet.configure(info.id, { labels: {} })
    expect(context.host.requests).toEqual([
      { method: 'session.configure', params: { session: info.id, labels: {} } },
    ])
  })
})
