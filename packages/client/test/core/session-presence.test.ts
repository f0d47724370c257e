import { encodeFact, RECORD_KIND } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { connected, reconnect } from '../support/connected.ts'
import { settled } from '../support/manual-runtime.ts'
import { opened } from '../support/opened.ts'

const ADA = { id: 'v70', name: 'Ada', canType: true }
const BOB = { id: 'v71', name: 'Bob', canType: false }

function control(viewer: string | null): Uint8Array {
  return encodeFact({ type: 'control', viewer })
}

describe('the viewers of a session', () => {
  it('[CTRL-11] are known at first, and told when they come and leave', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    const told: string[] = []
    const names = (): string => session.viewers.map(({ name }) => name).join(' ')
    session.onViewersChange((viewers) => told.push(viewers.map(({ name }) => name).join(' ')))
    expect(names()).toBe('owner')
    far.tellOf('viewer.joined', ADA)
    far.tellOf('viewer.joined', BOB)
    far.tellOf('viewer.joined', ADA)
    far.tellOf('viewer.left', BOB)
    await settled()
    expect(told).toEqual(['owner Ada', 'owner Ada Bob', 'owner Bob Ada', 'owner Ada'])
    expect(names()).toBe('owner Ada')
  })

  it('are those of the newest attachment after a reconnection', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.tellOf('viewer.joined', ADA)
    await settled()
    far.others = [BOB]
    const told: string[][] = []
    session.onViewersChange((viewers) => told.push(viewers.map(({ id }) => id)))
    await reconnect(context)
    expect(told).toEqual([['v71', 'v2']])
  })

  it('of another session are no concern of this one', async () => {
    await using context = await connected()
    const { session } = await opened(context)
    const { far } = await opened(context)
    far.tellOf('viewer.joined', ADA)
    await settled()
    expect(session.viewers).toHaveLength(1)
  })
})

describe('control of a session', () => {
  it('[CTRL-9] is what its records say, but for those that are history', async () => {
    await using context = await connected()
    const far = context.host.start()
    far.append(RECORD_KIND.marker, control('v1'))
    far.info = { ...far.info, control: 'v5' }
    const session = await context.limpet.attach(far.info.id)
    session.discardOutput().catch(() => {})
    const told: unknown[] = []
    session.onControlChange((viewer) => told.push(viewer))
    await settled()
    expect([session.control, told]).toEqual(['v5', []])
    far.append(RECORD_KIND.marker, control('v6'))
    far.append(RECORD_KIND.marker, control(null))
    await settled()
    expect([session.control, told]).toEqual([null, ['v6', null]])
  })

  it('is taken, given to another, and given back', async () => {
    await using context = await connected()
    const { session } = await opened(context)
    context.host.requests.length = 0
    await session.takeControl()
    await session.giveControl('v70')
    await session.giveControl(null)
    expect(context.host.requests).toEqual(
      ['v1', 'v70', null].map((viewer) => ({
        method: 'session.control',
        params: { attachment: 1, viewer },
      })),
    )
  })

  it('cannot be taken without a connection, nor by a handle that was let go of', async () => {
    await using context = await connected()
    const { session } = await opened(context)
    context.host.connection.cut()
    await settled()
    await expect(session.takeControl()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    await session.detach()
    await expect(session.giveControl(null)).rejects.toMatchObject({ code: 'ATTACHMENT_NOT_FOUND' })
  })
})

describe('the settings of a session', () => {
  it('are changed from its handle, which knows them from then on', async () => {
    await using context = await connected()
    const { session } = await opened(context)
    context.host.requests.length = 0
    const labels = { project: 'limpet' }
    await session.configure({ labels, sizeRule: 'fixed', size: { columns: 9, rows: 9 } })
    expect(context.host.requests).toEqual([
      {
        method: 'session.configure',
        params: { session: session.id, labels, sizeRule: 'fixed', size: { columns: 9, rows: 9 } },
      },
    ])
    expect(session.info).toMatchObject({ labels, sizeRule: 'fixed' })
  })

  it('travel with its start, beside what the program is made from', async () => {
    await using context = await connected()
    await context.limpet.open('shell', { name: 'n', labels: { a: 'b' }, viewerName: 'me' })
    const [start] = context.host.requests
    expect(start?.params).toMatchObject({ program: 'shell', name: 'n', labels: { a: 'b' } })
    expect(start?.params).not.toHaveProperty('viewerName')
  })
})
