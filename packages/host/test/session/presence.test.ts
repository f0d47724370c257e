import { clientIdFrom, MAX_VIEWERS } from '@limpet/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FakeConnection } from './fake-connection.ts'
import { SessionBench } from './session-bench.ts'

describe('presence [CTRL-11]', () => {
  let bench: SessionBench
  beforeEach(async () => void (bench = await SessionBench.start()))

  const told = ({ notifications }: FakeConnection) =>
    notifications.map(({ method, params }) => [method, params])

  it('tells the others of each who comes and goes, never oneself', () => {
    const first = bench.join({ name: 'Ada' })
    const second = bench.join({ name: 'Grace', canType: false })
    second.leave()
    const viewer = { id: second.name, name: 'Grace', canType: false }
    const { id: session } = bench.session
    expect(told(first.connection)).toEqual([
      ['viewer.joined', { session, viewer }],
      ['viewer.left', { session, viewer }],
    ])
    expect(told(second.connection)).toEqual([])
  })

  it('tells a connection with two viewers once, and nothing of its own', () => {
    const first = bench.join()
    bench.join({ connection: first.connection })
    expect(told(first.connection)).toEqual([])
    bench.join()
    expect(told(first.connection)).toHaveLength(1)
  })

  it('lets no more viewers in than the limit, but a client of theirs anew', () => {
    for (let at = 0; at < MAX_VIEWERS; at++) bench.join({ client: at % 250, canType: false })
    const client = (byte: number) => clientIdFrom(new Uint8Array(16).fill(byte))
    expect(() => bench.session.viewers.requireRoomFor(client(255))).toThrow(
      expect.objectContaining({ code: 'QUEUE_FULL' }),
    )
    expect(() => bench.session.viewers.requireRoomFor(client(1))).not.toThrow()
  })
})
