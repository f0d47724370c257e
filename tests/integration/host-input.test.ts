// Input frames: applied once and in order, refused with a code when they cannot be.

import { MAX_UNACKNOWLEDGED_INPUT_BYTES } from '@limpet/protocol'
import { startHost, type HostFixture } from '@limpet/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

describe('input', () => {
  let host: HostFixture
  beforeAll(async () => void (host = await startHost()))
  afterAll(() => host[Symbol.asyncDispose]())

  const acknowledged = (sequence: number) => (params: Readonly<Record<string, unknown>>) =>
    params['sequence'] === sequence

  test('with a gap is refused, and goes on with the missing frame', async () => {
    using link = await host.link()
    await link.request('session.open', {
      plan: host.plan(['cat'], { lifetime: 'client' }),
      view: host.view(1),
    })
    link.input({ attachment: 1, sequence: 1, bytes: 'one ' })
    link.input({ attachment: 1, sequence: 3, bytes: 'three\n' })
    expect((await link.notified('input.refused')).params).toMatchObject({
      attachment: 1,
      sequence: 3,
      code: 'INPUT_GAP',
    })
    link.input({ attachment: 1, sequence: 2, bytes: 'two ' })
    link.input({ attachment: 1, sequence: 3, bytes: 'three\n' })
    await link.notified('input.acknowledged', acknowledged(3))
    await link.until('the echo', () => link.outputOf(1).endsWith('three\n'))
    expect(link.outputOf(1)).toBe('one two three\n')
  })

  test('sent twice is applied once', async () => {
    using link = await host.link()
    await link.request('session.open', {
      plan: host.plan(['cat'], { lifetime: 'client' }),
      view: host.view(1),
    })
    for (const sequence of [1, 1, 1, 2, 1, 2])
      link.input({ attachment: 1, sequence, bytes: `line ${sequence}\n` })
    link.input({ attachment: 1, sequence: 3, bytes: '', isLast: true })
    expect(await link.exitOf(1)).toMatchObject({ code: 0, signal: null })
    expect(link.outputOf(1)).toBe('line 1\nline 2\n')
  })

  test('after its end is refused, and the program saw the end once', async () => {
    using link = await host.link()
    await link.request('session.open', {
      plan: host.plan(['sh', '-c', 'cat; echo end; read line; exec sleep 1000'], {
        lifetime: 'client',
      }),
      view: host.view(1),
    })
    link.input({ attachment: 1, sequence: 1, bytes: 'last', isLast: true })
    await link.until('the end of input', () => link.outputOf(1).endsWith('end\n'))
    link.input({ attachment: 1, sequence: 2, bytes: 'too late' })
    expect((await link.notified('input.refused')).params).toMatchObject({
      sequence: 2,
      code: 'INPUT_CLOSED',
    })
    expect(link.outputOf(1)).toBe('lastend\n')
  })

  test('after the exit is refused', async () => {
    using link = await host.link()
    await link.request('session.open', {
      plan: host.plan(['true'], { lifetime: 'client' }),
      view: host.view(1),
    })
    await link.exitOf(1)
    link.input({ attachment: 1, sequence: 1, bytes: 'anybody there?' })
    expect((await link.notified('input.refused')).params).toMatchObject({
      sequence: 1,
      code: 'SESSION_ENDED',
    })
  })

  test('for an attachment that does not exist is dropped', async () => {
    using link = await host.link()
    link.input({ attachment: 99, sequence: 1, bytes: 'nobody' })
    expect(await link.request('link.ping', {})).toEqual({})
    expect(link.notifications).toEqual([])
  })

  test('above what may wait is refused, and nothing of it is lost once it is sent again', async () => {
    using link = await host.link()
    // It stops itself, so it reads nothing before it is told to go on.
    const { session } = await link.request('session.open', {
      plan: host.plan(['sh', '-c', 'kill -STOP $$; exec wc -c'], { lifetime: 'client' }),
      view: host.view(1),
    })
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const frames = MAX_UNACKNOWLEDGED_INPUT_BYTES / chunk.length + 4
    // The pipe takes 64 KiB of a program that does not read; the rest waits in the host.
    for (let sequence = 1; sequence <= frames; sequence += 1)
      link.input({ attachment: 1, sequence, bytes: chunk })
    const { params } = await link.notified('input.refused')
    expect(params).toMatchObject({ code: 'INPUT_OVERFLOW' })
    const first = Number(params['sequence'])
    expect(first).toBeGreaterThan(MAX_UNACKNOWLEDGED_INPUT_BYTES / chunk.length)
    await link.request('session.signal', { session: session.id, signal: 'SIGCONT' })
    await link.notified('input.acknowledged', acknowledged(first - 1))
    for (let sequence = first; sequence <= frames; sequence += 1) {
      link.input({ attachment: 1, sequence, bytes: chunk })
      await link.notified('input.acknowledged', acknowledged(sequence))
    }
    link.input({ attachment: 1, sequence: frames + 1, bytes: '', isLast: true })
    await link.exitOf(1)
    expect(Number(link.outputOf(1))).toBe(frames * chunk.length)
  })

  test('is known by client over connections: the same frame is not applied again', async () => {
    using keeper = await host.link()
    const plan = host.plan(['cat'], { lifetime: 'client' })
    const view = host.view(1)
    const { session } = await keeper.request('session.open', { plan, view })
    keeper.input({ attachment: 1, sequence: 1, bytes: 'once\n' })
    await keeper.notified('input.acknowledged', acknowledged(1))

    using second = await host.link()
    const attached = await second.request('session.attach', {
      session: session.id,
      from: 'start',
      view,
    })
    expect(attached.lastInput).toBe(1)
    expect((await keeper.notified('session.detached')).params).toEqual({
      attachment: 1,
      reason: 'superseded',
    })
    second.input({ attachment: 1, sequence: 1, bytes: 'once\n' })
    second.input({ attachment: 1, sequence: 2, bytes: 'twice\n' })
    await second.until('the echo', () => second.outputOf(1).endsWith('twice\n'))
    expect(second.outputOf(1)).toBe('once\ntwice\n')
  })
})
