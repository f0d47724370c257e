import { attachmentId, byteOffset, dataFrameHeader, RECORD_KIND } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { connected, fateOf } from '../support/connected.ts'
import { settled } from '../support/manual-runtime.ts'
import { opened, read } from '../support/opened.ts'

describe('a session whose peer breaks the protocol', () => {
  it('throws away a connection on which bytes are missing, and asks for them again', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.print('abc')
    await settled()
    // The peer skips three bytes.
    for (const viewer of far.viewers) viewer.sent = 6
    far.print('defghi')
    far.print('jkl')
    await settled()
    expect(context.limpet.connection).toMatchObject({
      state: 'connecting',
      lastError: { message: expect.stringContaining('without a gap record') as string },
    })
    await context.runtime.advance(1000)
    far.exit()
    expect(await read(session)).toBe('abcdefghijkl[exit]')
  })

  it('throws away a connection that carries junk', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    const header = dataFrameHeader(attachmentId(1))
    const junk = [
      (): unknown => context.host.connection.channel.sendBinary(header, Uint8Array.of(1, 2, 3)),
      (): unknown => context.host.connection.channel.sendBinary(),
      (): unknown => context.host.connection.channel.sendText('{'),
      (): unknown =>
        context.host.connection.channel.sendText('{"jsonrpc":"2.0","method":"input.acknowledged"}'),
    ]
    for (const send of junk) {
      send()
      await settled()
      expect(context.limpet.state).toBe('connecting')
      await context.runtime.advance(10_000)
      expect([context.limpet.state, session.state]).toEqual(['connected', 'attached'])
      // Each attachment has a new id.
      header[4] = (header[4] ?? 0) + 1
    }
    far.exit()
    expect(await read(session)).toBe('[exit]')
  })

  it('passes over what a newer peer may send', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    const { channel } = context.host.connection
    channel.sendText('{"jsonrpc":"2.0","method":"session.blessed","params":{}}')
    channel.sendText('{"jsonrpc":"2.0","id":77,"result":{}}')
    channel.sendText('{"jsonrpc":"2.0","id":1,"method":"client.ask","params":{}}')
    channel.sendBinary(Uint8Array.of(77, 0, 0, 0, 1, 9, 9))
    channel.sendBinary(dataFrameHeader(attachmentId(4711)))
    far.append(200, new Uint8Array(5))
    far.append(RECORD_KIND.marker, new TextEncoder().encode('{"type":"future"}'))
    far.exit()
    expect(await read(session)).toBe('[unknown][unknown][exit]')
    expect(context.limpet.state).toBe('connected')
  })

  it('throws away a connection on which input is counted differently', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.refusesInput = 'INPUT_GAP'
    const write = fateOf(session.write('x'))
    await settled()
    expect(context.limpet.state).toBe('connecting')
    far.refusesInput = undefined
    await context.runtime.advance(1000)
    expect([write.now, far.input.map(({ text }) => text)]).toEqual(['done', ['x']])
  })

  it('rejects input that is refused for good, and can go on', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.refusesInput = 'FORBIDDEN'
    const refused = [fateOf(session.write('x')), fateOf(session.write('y'))]
    await settled()
    expect(refused.map(({ now }) => now)).toEqual(['FORBIDDEN', 'FORBIDDEN'])
    far.refusesInput = undefined
    await session.write('z')
    expect(far.input.map(({ text }) => text)).toEqual(['z'])
  })

  it('[CTRL-9] rejects what is typed while another has control, and types again once it is free', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.refusesInput = 'CONTROL_HELD'
    // Control is free again between the two frames: the second one is refused as a gap.
    far.handleSeen = (what) => {
      if (what === 'input x') setImmediate(() => (far.refusesInput = undefined))
    }
    const held = session.write('x')
    const behind = fateOf(session.write('y'))
    await expect(held).rejects.toMatchObject({ code: 'CONTROL_HELD' })
    far.refusesInput = undefined
    await Promise.all([session.write('a'), session.write('b')])
    expect([behind.now, far.input.map(({ text }) => text)]).toEqual(['CONTROL_HELD', ['a', 'b']])
    expect([session.unacknowledgedInputBytes, context.limpet.state]).toEqual([0, 'connected'])
  })

  it('[SCREEN-3] throws away a connection whose checkpoint is for another place', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.print('abc')
    far.showScreen('elsewhere', { offset: byteOffset(7) })
    await settled()
    expect([context.limpet.state, session.offset]).toEqual(['connecting', 3])
  })
})
