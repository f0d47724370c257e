import { decodeParams, LimpetError } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { connected, fateOf, reconnect } from '../support/connected.ts'
import { settled } from '../support/manual-runtime.ts'
import { opened, read } from '../support/opened.ts'

describe('a session whose connection is lost', () => {
  it('comes back at its byte, under the same client id and a fresh attachment id', async () => {
    await using context = await connected()
    const states: string[] = []
    const attached: string[] = []
    const session = await context.limpet.open('shell', {
      columns: 80,
      rows: 24,
      sink: {
        handleRecord: () => {},
        handleAttached: ({ viewer }) => attached.push(viewer),
      },
    })
    const far = context.host.sessions.get(session.id)
    session.onStateChange((state) => states.push(state))
    far?.print('abc')
    await settled()
    const [first] = context.host.requests
    await reconnect(context)
    const again = context.host.requests.find(({ method }) => method === 'session.attach')
    const { view } = decodeParams('program.start', first?.params)
    expect(again?.params).toMatchObject({
      from: 3,
      session: session.id,
      view: { attachment: 2, client: view?.client, size: { columns: 80, rows: 24 } },
    })
    expect([states, attached, session.viewer]).toEqual([
      ['resuming', 'attached'],
      ['v1', 'v2'],
      'v2',
    ])
  })

  it('[LOG-2] loses no byte and repeats none, whatever was under way', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.print('one ')
    await settled()
    far.print('lost under way ')
    context.host.connection.cut()
    far.print('while away ')
    await settled()
    await context.runtime.advance(1000)
    far.print('back')
    far.exit()
    expect(await read(session)).toBe('one lost under way while away back[exit]')
  })

  it('[LOG-2] is told of the bytes that are no longer kept', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.print('abc')
    await settled()
    context.host.connection.cut()
    await settled()
    far.print('forgotten')
    far.forget(10)
    far.print('kept')
    await context.runtime.advance(1000)
    far.exit()
    expect(await read(session)).toBe('abc[gap 3–10]enkept[exit]')
  })

  it('[INPUT-3] types each byte once', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    await session.write('a')
    far.writesInput = false
    const taken = fateOf(session.write('b'))
    await settled()
    context.host.connection.cut()
    const lost = fateOf(session.write('c'))
    await settled()
    const away = fateOf(session.write('d', { isAnswer: true }))
    expect(session.unacknowledgedInputBytes).toBe(3)
    far.writesInput = true
    await context.runtime.advance(1000)
    expect([taken.now, lost.now, away.now]).toEqual(['done', 'done', 'done'])
    expect(far.input.map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd'])
    expect(far.input.at(-1)?.isAnswer).toBe(true)
  })

  it('says its size with the next connection, the newest one', async () => {
    await using context = await connected()
    const { session } = await opened(context)
    context.host.connection.cut()
    await settled()
    await session.resize(100, 20)
    context.host.handleRequest = ({ method }) => {
      // While the attach is on its way, the window is made larger once more.
      if (method === 'session.attach') void session.resize(132, 43)
    }
    context.host.requests.length = 0
    await context.runtime.advance(1000)
    expect(
      context.host.requests.filter(({ method }) => method.startsWith('session')),
    ).toMatchObject([
      { method: 'session.attach', params: { view: { size: { columns: 100, rows: 20 } } } },
      { method: 'session.resize', params: { attachment: 2, columns: 132, rows: 43 } },
    ])
  })

  it('ends with SESSION_NOT_FOUND when the host no longer has it', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    const [reading, exited] = [fateOf(read(session)), fateOf(session.exited)]
    context.host.sessions.delete(far.info.id)
    await reconnect(context)
    expect([reading.now, exited.now, session.state]).toEqual([
      'SESSION_NOT_FOUND',
      'SESSION_NOT_FOUND',
      'detached',
    ])
    expect(context.limpet.state).toBe('connected')
  })

  it('is asked for again when the host cannot give it yet', async () => {
    await using context = await connected()
    const { session } = await opened(context)
    context.host.refusals.set('session.attach', new LimpetError('HOST_UNREACHABLE', 'starting'))
    await reconnect(context)
    expect(session.state).toBe('resuming')
    context.host.refusals.clear()
    await context.runtime.advance(10_000)
    expect(session.state).toBe('attached')
  })

  it('does not come back when it was let go of meanwhile', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    context.host.handleRequest = ({ method }) => {
      if (method === 'session.attach') void session.detach()
    }
    await reconnect(context)
    expect([session.state, far.viewers.size]).toEqual(['detached', 0])
    await reconnect(context)
    expect(context.host.methods().filter((method) => method === 'session.attach')).toHaveLength(1)
  })

  it('does not come back when it had ended', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.exit()
    await settled()
    await reconnect(context)
    expect(context.host.methods()).not.toContain('session.attach')
    expect(await read(session)).toBe('[exit]')
  })

  it('keeps at most one window that nobody reads, however often it comes back', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    for (let i = 0; i < 40; i++) far.print(`${i}`.padEnd(64 * 1024, '.'))
    await settled()
    for (let i = 0; i < 5; i++) await reconnect(context)
    expect(session.offset).toBeLessThanOrEqual(2 * 512 * 1024)
    far.exit()
    const text = await read(session)
    const numbers = Array.from({ length: 40 }, (_, i) => `${i}`.padEnd(64 * 1024, '.'))
    expect(text === `${numbers.join('')}[exit]`).toBe(true)
  })

  it('fails to open with CONNECTION_LOST when the answer is lost, and is not opened twice', async () => {
    await using context = await connected()
    const { host, limpet } = context
    host.handleRequest = ({ method }, connection) => {
      if (method === 'program.start') connection.cut()
    }
    await expect(limpet.open('shell')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    await context.runtime.advance(1000)
    expect([host.sessions.size, limpet.state]).toEqual([1, 'connected'])
  })

  it('ends with the reason when the Limpet is closed for good', async () => {
    await using context = await connected()
    const { session } = await opened(context)
    const reading = fateOf(read(session))
    context.host.connection.channel.close(4401)
    await settled()
    expect(reading.now).toBe('UNAUTHENTICATED')
  })

  it('ends quietly when its own user closes the Limpet', async () => {
    const context = await connected()
    const { session } = await opened(context)
    const reading = fateOf(read(session))
    await context.limpet.close()
    await settled()
    expect(reading.now).toBe('done')
  })
})
