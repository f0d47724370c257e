import { LimpetError } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import type { SessionChange } from '../../src/index.ts'
import { connected, fateOf, reconnect } from '../support/connected.ts'
import { settled } from '../support/manual-runtime.ts'

/** Keeps changes in words. */
function notes(): { said: string[]; listener: (change: SessionChange) => void } {
  const said: string[] = []
  const listener = (change: SessionChange): void => {
    if (change.type === 'listed') said.push(`listed ${change.sessions.length}`)
    else if (change.type === 'seen') said.push(`seen ${change.id.slice(0, 2)} ${change.outputAt}`)
    else if (change.type === 'removed') said.push(`removed ${change.id.slice(0, 2)}`)
    else if (change.type === 'failed') said.push(`failed ${change.error.code}`)
    else said.push(`${change.type} ${change.session.id.slice(0, 2)}`)
  }
  return { said, listener }
}

describe('watching the sessions', () => {
  it('lists them, then tells each change, and keeps the map true', async () => {
    await using context = await connected()
    const { host, limpet } = context
    const first = host.start()
    const { said, listener } = notes()
    const watch = await limpet.watchSessions(listener)
    expect([...watch.sessions.keys()]).toEqual([first.info.id])
    const second = host.start()
    first.exit({ code: 2 })
    host.announce('session.exited', first)
    await settled()
    expect(watch.sessions.get(first.info.id)?.exit?.code).toBe(2)
    host.remove(first)
    await settled()
    expect([...watch.sessions.keys()]).toEqual([second.info.id])
    expect(said).toEqual(['listed 1', 'opened 08', 'exited 04', 'removed 04'])
  })

  it('asks once for many watchers, who come and go', async () => {
    await using context = await connected()
    const { host, limpet } = context
    const [a, b] = [notes(), notes()]
    const [watch] = await Promise.all([
      limpet.watchSessions(a.listener),
      limpet.watchSessions(b.listener),
    ])
    const c = notes()
    await limpet.watchSessions(c.listener)
    watch.stop()
    watch.stop()
    host.start()
    await settled()
    expect([a.said, b.said, c.said]).toEqual([
      ['listed 0'],
      ['listed 0', 'opened 04'],
      ['listed 0', 'opened 04'],
    ])
    expect(host.methods()).toEqual(['session.list'])
  })

  it('lists anew after a reconnection', async () => {
    await using context = await connected()
    const { said, listener } = notes()
    const watch = await context.limpet.watchSessions(listener)
    context.host.connection.cut()
    await settled()
    context.host.start()
    await context.runtime.advance(1000)
    expect([said, watch.sessions.size]).toEqual([['listed 0', 'listed 1'], 1])
    watch.stop()
    context.host.requests.length = 0
    await reconnect(context)
    expect(context.host.methods()).not.toContain('session.list')
  })

  it('waits for the first list over as many connections as it takes', async () => {
    await using context = await connected()
    context.host.silent.add('session.list')
    const { said, listener } = notes()
    const fate = fateOf(context.limpet.watchSessions(listener))
    await settled()
    context.host.connection.cut()
    context.host.silent.clear()
    await settled()
    await context.runtime.advance(1000)
    expect([fate.now, said]).toEqual(['done', ['listed 0']])
  })

  it('says when it is refused, at first and later', async () => {
    await using context = await connected()
    const { said, listener } = notes()
    await context.limpet.watchSessions(listener)
    context.host.refusals.set('session.list', new LimpetError('FORBIDDEN', 'no longer'))
    await reconnect(context)
    expect(said).toEqual(['listed 0', 'failed FORBIDDEN'])
    const refused = context.limpet.watchSessions(() => {})
    await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('says why when the Limpet is closed by the other side', async () => {
    await using context = await connected()
    const { said, listener } = notes()
    await context.limpet.watchSessions(listener)
    context.host.connection.channel.close(4401)
    await settled()
    expect(said).toEqual(['listed 0', 'failed UNAUTHENTICATED'])
  })

  it('gives the list once, newest first, to who only asks', async () => {
    await using context = await connected()
    const ids = [context.host.start(), context.host.start()].map(({ info }) => info.id)
    const sessions = await context.limpet.sessions()
    expect(sessions.map(({ id }) => id)).toEqual(ids.toReversed())
  })
})
