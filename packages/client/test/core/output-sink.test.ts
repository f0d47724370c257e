import type { Channel } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { Limpet, type OutputRecord } from '../../src/index.ts'
import { connected } from '../support/connected.ts'
import { FakeHost } from '../support/fake-host.ts'
import { ManualRuntime, settled } from '../support/manual-runtime.ts'
import { shown } from '../support/opened.ts'

describe('a sink', () => {
  it('gets records synchronously and in order, and acknowledges them itself', async () => {
    await using context = await connected()
    const seen: string[] = []
    const session = await context.limpet.open('shell', {
      sink: {
        handleAttached: (attached, handle) =>
          seen.push(`attached to ${handle.id === attached.session.id}`),
        handleRecord: (record) => seen.push(shown(record)),
      },
    })
    const far = context.host.sessions.get(session.id)
    for (let i = 0; i < 9; i++) far?.print('x'.repeat(64 * 1024))
    await settled()
    expect([seen[0], seen.length]).toEqual(['attached to true', 9])
    session.acknowledge(64 * 1024)
    await settled()
    expect(seen).toHaveLength(9)
    session.acknowledge(128 * 1024)
    await settled()
    expect(seen).toHaveLength(10)
    expect(() => session.output).toThrow('The sink takes the records')
  })

  it('may acknowledge more than it has: the host never hears of that', async () => {
    await using context = await connected()
    const session = await context.limpet.open('shell', {
      windowBytes: 128 * 1024,
      sink: { handleRecord: () => {} },
    })
    const far = context.host.sessions.get(session.id)
    far?.print('x'.repeat(60_000))
    await settled()
    session.acknowledge(1_000_000)
    await settled()
    expect([...(far?.viewers ?? [])].map(({ acknowledged }) => acknowledged)).toEqual([60_000])
  })

  it('that throws harms nobody, and is not hidden', async () => {
    await using context = await connected()
    const fault = new Error('of the sink')
    const session = await context.limpet.open('shell', {
      sink: {
        handleRecord: () => {
          throw fault
        },
      },
    })
    context.host.sessions.get(session.id)?.print('x')
    context.host.sessions.get(session.id)?.exit({ code: 1 })
    expect(await session.exited).toMatchObject({ code: 1 })
    expect(context.runtime.reported).toEqual([fault, fault])
  })

  it('[RESP-5] has its answers sent before the acknowledgement of the query, which then goes at once', async () => {
    await using context = await connected()
    const order: string[] = []
    const session = await context.limpet.open('shell', {
      answers: true,
      sink: {
        handleRecord(record, handle) {
          if (record.type === 'output') void handle.write('answer', { isAnswer: true })
          handle.acknowledge(record.end)
        },
      },
    })
    const far = context.host.sessions.get(session.id)
    if (far === undefined) throw new Error('the fake host lost it')
    far.handleSeen = (what) => order.push(what)
    far.print('\x1b[c')
    await settled()
    // A text frame may not overtake the binary one before it: the channel keeps the order.
    expect(order).toEqual(['input answer', 'acknowledged 3'])
  })

  it('keeps its bytes when the channel uses its buffer again', async () => {
    const host = new FakeHost()
    const dial = async (): Promise<Channel> => {
      const channel = await host.dial()
      const setHandlers = channel.setHandlers.bind(channel)
      channel.setHandlers = (handlers) =>
        setHandlers({
          handleText: (text) => handlers.handleText(text),
          handleClosed: (closed) => handlers.handleClosed(closed),
          handleBinary(frame) {
            const buffer = Buffer.from(frame)
            handlers.handleBinary(buffer)
            buffer.fill(0)
          },
        })
      return channel
    }
    await using limpet = await Limpet.over(dial, { runtime: new ManualRuntime() })
    const far = host.start()
    const bytes: Uint8Array[] = []
    const handleRecord = (record: OutputRecord): void => {
      if (record.type === 'output') bytes.push(record.bytes)
    }
    await limpet.attach(far.info.id, { sink: { handleRecord } })
    far.print('still here')
    await settled()
    expect(bytes.map((each) => new TextDecoder().decode(each))).toEqual(['still here'])
  })
})
