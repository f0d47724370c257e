import { LimpetError, type Channel } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import {
  CLOSE_DEADLINE_MS,
  DIAL_DEADLINE_MS,
  HEARTBEAT_TICK_MS,
  PING_DEADLINE_MS,
  PROBE_DEADLINE_MS,
  QUIET_MS,
  REQUEST_DEADLINE_MS,
  STABLE_CONNECTION_MS,
} from '../../src/core/limits.ts'
import { Limpet, type ConnectionState } from '../../src/index.ts'
import { connected, fateOf } from '../support/connected.ts'
import { FakeHost } from '../support/fake-host.ts'
import { ManualRuntime, settled } from '../support/manual-runtime.ts'

const LOST = new LimpetError('CONNECTION_LOST', 'scripted')

describe('the state of a Limpet', () => {
  it('is connected only once the host itself has answered', async () => {
    const host = new FakeHost()
    host.silent.add('link.ping')
    const runtime = new ManualRuntime()
    const limpet = Limpet.start(host.dial, { runtime, peer: 'gateway' })
    await settled()
    expect(host.methods()).toEqual(['link.ping', 'program.list'])
    expect([limpet.state, limpet.rights]).toEqual(['connecting', []])
    host.silent.clear()
    await runtime.advance(DIAL_DEADLINE_MS)
    await runtime.advance(1000)
    expect([limpet.state, limpet.rights]).toEqual(['connected', ['view', 'type']])
    await limpet.close()
  })

  it('tells since when, how often, why and when next, at each moment', async () => {
    const host = new FakeHost()
    const runtime = new ManualRuntime()
    host.refusesDials = LOST
    const limpet = Limpet.start(host.dial, { runtime })
    const seen: ConnectionState[] = []
    limpet.onStateChange((state) => seen.push(state))
    const sinceMs = runtime.nowMs
    expect(limpet.connection).toEqual({ state: 'connecting', sinceMs, attempt: 1 })
    await settled()
    host.refusesDials = undefined
    await runtime.advance(100)
    const connecting = { state: 'connecting', sinceMs, attempt: 2, lastError: LOST }
    expect(seen).toEqual([
      { ...connecting, nextRetryAtMs: sinceMs + 100 },
      connecting,
      { state: 'connected', sinceMs: sinceMs + 100 },
    ])
    expect(limpet.connection).toBe(seen.at(-1))
    await limpet.close()
    expect(limpet.connection).toEqual({ state: 'closed', sinceMs: runtime.nowMs })
  })

  it('follows the backoff table while tries fail, and starts it anew after a good connection', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    await runtime.advance(STABLE_CONNECTION_MS)
    host.refusesDials = LOST
    host.connection.cut()
    const delays: number[] = []
    limpet.onStateChange((state) => {
      if (state.state === 'connecting' && state.nextRetryAtMs !== undefined) {
        delays.push(state.nextRetryAtMs - runtime.nowMs)
      }
    })
    await settled()
    await runtime.advance(20_000)
    expect(delays.slice(0, 8)).toEqual([100, 100, 250, 500, 1000, 2000, 2000, 2000])
    host.refusesDials = undefined
    await runtime.advance(5000)
    expect(limpet.state).toBe('connected')
    await runtime.advance(STABLE_CONNECTION_MS)
    host.connection.cut()
    await settled()
    expect(delays.at(-1)).toBe(100)
  })

  it('does not take a connection for good that breaks at once', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    const attempts: number[] = []
    limpet.onStateChange((state) => {
      if (state.state === 'connecting' && state.nextRetryAtMs !== undefined)
        attempts.push(state.attempt)
    })
    for (let i = 0; i < 4; i++) {
      host.connection.cut()
      await settled()
      await runtime.advance(3000)
      expect(limpet.state).toBe('connected')
    }
    expect(attempts).toEqual([2, 3, 4, 5])
  })

  it.each([1000, 1001, 1006, 1011, 1012, 1013])('comes back after close code %i', async (code) => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    host.connection.channel.close(code)
    await settled()
    expect(limpet.state).toBe('connecting')
    await runtime.advance(1000)
    expect(limpet.state).toBe('connected')
  })

  it.each([
    [4401, 'UNAUTHENTICATED'],
    [4403, 'FORBIDDEN'],
    [4426, 'PROTOCOL_UNSUPPORTED'],
  ])('is closed for good by close code %i, with %s', async (code, error) => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    host.connection.channel.close(code, 'scripted')
    await settled()
    expect(limpet.connection).toMatchObject({ state: 'closed', error: { code: error } })
    expect(runtime.pendingMs).toEqual([])
    await expect(limpet.sessions()).rejects.toMatchObject({ code: error })
    await expect(limpet.ready()).rejects.toMatchObject({ code: error })
  })

  it('is closed by a dial that no retry can mend', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    host.refusesDials = new LimpetError('UNAUTHENTICATED', 'the token was changed')
    host.connection.cut()
    await settled()
    await runtime.advance(1000)
    expect(limpet.connection).toMatchObject({ state: 'closed', error: { code: 'UNAUTHENTICATED' } })
  })

  it('closes at the first loss when it is not to reconnect', async () => {
    await using context = await connected({ peer: 'gateway', reconnect: false })
    context.host.connection.cut()
    await settled()
    const closed = { state: 'closed', error: { code: 'CONNECTION_LOST' } }
    expect(context.limpet.connection).toMatchObject(closed)
  })

  it('tries at once on a hint, and only then', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    host.refusesDials = LOST
    host.connection.cut()
    await settled()
    await runtime.advance(3000)
    expect(limpet.state).toBe('connecting')
    host.refusesDials = undefined
    limpet.reconnectNow()
    limpet.reconnectNow()
    await settled()
    expect(limpet.state).toBe('connected')
    expect(host.connections).toHaveLength(2)
  })

  it('asks a connected peer for a sign of life on a hint', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    limpet.reconnectNow()
    await settled()
    await runtime.advance(PROBE_DEADLINE_MS)
    expect([limpet.state, host.methods()]).toEqual(['connected', ['link.ping']])
    host.silent.add('link.ping')
    limpet.reconnectNow()
    await runtime.advance(PROBE_DEADLINE_MS)
    expect(limpet.state).toBe('connecting')
  })

  it('notices a peer that vanished without a word', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    host.silent.add('link.ping')
    await runtime.advance(QUIET_MS + HEARTBEAT_TICK_MS + PING_DEADLINE_MS)
    expect(limpet.connection).toMatchObject({
      state: 'connecting',
      lastError: {
        code: 'CONNECTION_LOST',
        message: expect.stringContaining('sign of life') as string,
      },
    })
  })

  it('gives a dial that hangs up, and closes it when it succeeds after all', async () => {
    const host = new FakeHost()
    const runtime = new ManualRuntime()
    let letGo = (): void => {}
    const limpet = Limpet.start(
      async () => {
        await new Promise<void>((resolve) => (letGo = resolve))
        return host.dial()
      },
      { runtime },
    )
    await runtime.advance(DIAL_DEADLINE_MS)
    expect(limpet.connection).toMatchObject({ state: 'connecting', attempt: 2 })
    letGo()
    await settled()
    expect(host.connection.closedWith).toBe(1000)
    await limpet.close()
  })

  it('fails at the first try with its reason when it was awaited', async () => {
    const host = new FakeHost()
    host.refusesDials = new Error('nobody listens')
    const runtime = new ManualRuntime()
    await expect(Limpet.over(host.dial, { runtime })).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      message: 'Could not connect: nobody listens',
    })
    expect(runtime.pendingMs).toEqual([])
  })

  it('keeps going when a listener throws, and does not hide it', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    const fault = new Error('of the listener')
    limpet.onStateChange(() => {
      throw fault
    })
    host.connection.cut()
    await settled()
    await runtime.advance(1000)
    expect(limpet.state).toBe('connected')
    expect(runtime.reported).toContain(fault)
  })

  it('leaves neither timer nor connection when it is closed', async () => {
    const { host, runtime, limpet } = await connected()
    const session = await limpet.open('shell')
    await limpet.watchSessions(() => {})
    await limpet.close()
    await limpet.close()
    await settled()
    expect(runtime.pendingMs).toEqual([])
    expect([...host.sessions.values()].map(({ viewers }) => viewers.size)).toEqual([0])
    expect(session.state).toBe('detached')
  })
})

describe('closing', () => {
  it('does not wait for ever for a peer that says no good-bye', async () => {
    const { limpet, runtime } = await connectedToDeaf()
    const closing = fateOf(limpet.close())
    await runtime.advance(CLOSE_DEADLINE_MS - 1)
    expect(closing.now).toBe('waits')
    await runtime.advance(1)
    expect([closing.now, runtime.pendingMs]).toEqual(['done', []])
  })
})

/** A channel whose close never comes to an end. */
async function connectedToDeaf(): Promise<{ limpet: Limpet; runtime: ManualRuntime }> {
  const host = new FakeHost()
  const runtime = new ManualRuntime()
  const dial = async (): Promise<Channel> => {
    const channel = await host.dial()
    channel.close = () => {}
    return channel
  }
  return { limpet: await Limpet.over(dial, { runtime }), runtime }
}

describe('a request', () => {
  it('waits for the connection, within its time', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    host.refusesDials = LOST
    host.connection.cut()
    await settled()
    const patient = fateOf(limpet.sessions())
    const hasty = fateOf(limpet.request('session.list', {}, { deadlineMs: 50 }))
    await runtime.advance(60)
    expect([patient.now, hasty.now]).toEqual(['waits', 'CONNECTION_LOST'])
    host.refusesDials = undefined
    await runtime.advance(5000)
    expect(patient.now).toBe('done')
  })

  it('is never sent a second time: lost is lost', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    host.silent.add('session.rename')
    const session = host.start()
    const fate = fateOf(
      limpet.request('session.rename', { session: session.info.id, name: 'build' }),
    )
    await settled()
    host.connection.cut()
    await settled()
    expect(fate.now).toBe('CONNECTION_LOST')
    await runtime.advance(10_000)
    expect(host.methods().filter((method) => method === 'session.rename')).toHaveLength(1)
  })

  it('fails when no answer comes in time; the connection stays', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    host.silent.add('host.status')
    const fate = fateOf(limpet.request('host.status', {}))
    await runtime.advance(REQUEST_DEADLINE_MS)
    expect([fate.now, limpet.state]).toEqual(['CONNECTION_LOST', 'connected'])
  })

  it('that is too large for a frame is refused and leaves nothing behind', async () => {
    await using context = await connected()
    const argv = Array.from({ length: 20 }, () => 'x'.repeat(100_000))
    await expect(context.limpet.open({ argv })).rejects.toMatchObject({ code: 'FRAME_TOO_LARGE' })
    expect(await context.limpet.sessions()).toEqual([])
  })

  it('measures the way to the host and back', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    host.handleRequest = () => (runtime.nowMs += 7)
    expect(await limpet.ping()).toBe(7)
  })
})
