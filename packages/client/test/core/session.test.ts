import {
  dataFrameHeader,
  attachmentId,
  decodeParams,
  encodeFact,
  LimpetError,
  RECORD_KIND,
  type Attached,
} from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { SESSION_CLOSE_DEADLINE_MS } from '../../src/core/limits.ts'
import type { OutputRecord, Session } from '../../src/index.ts'
import { connected, fateOf, reconnect, type Connected } from '../support/connected.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { settled } from '../support/manual-runtime.ts'

async function opened(context: Connected): Promise<{ session: Session; far: FakeSession }> {
  const session = await context.limpet.open('shell')
  const far = context.host.sessions.get(session.id)
  if (far === undefined) throw new Error('the fake host lost it')
  return { session, far }
}

/** Everything that can be read, as text, with facts in brackets. */
async function read(session: Session): Promise<string> {
  let text = ''
  for await (const record of session.output) text += shown(record)
  return text
}

function shown(record: OutputRecord): string {
  if (record.type === 'output') return new TextDecoder().decode(record.bytes)
  return record.type === 'gap' ? `[gap ${record.gap.from}–${record.gap.to}]` : `[${record.type}]`
}

describe('a session', () => {
  it('gives the records in order, then the exit, then ends', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.print('out')
    far.print('err', 'stderr')
    far.append(RECORD_KIND.resize, encodeFact({ columns: 100, rows: 30 }))
    far.exit({ code: 3, durationMs: 12 })
    const records: OutputRecord[] = []
    for await (const record of session.output) records.push(record)
    expect(records).toMatchObject([
      { type: 'output', stream: 'stdout', offset: 0, end: 3, isContinued: false },
      { type: 'output', stream: 'stderr', offset: 3, end: 6 },
      { type: 'resize', size: { columns: 100, rows: 30 }, offset: 6 },
      { type: 'exit', exit: { code: 3, signal: null, durationMs: 12 } },
    ])
    expect(await session.exited).toEqual({ code: 3, signal: null, durationMs: 12 })
    expect(session.info).toMatchObject({
      state: 'ended',
      exit: { code: 3 },
      terminal: { columns: 100, rows: 30 },
    })
    await settled()
    expect([session.state, far.viewers.size]).toEqual(['detached', 0])
  })

  it('asks for a program with what it was told, watched from byte 0', async () => {
    await using context = await connected()
    await context.limpet.open('shell', {
      columns: 120,
      rows: 40,
      answers: true,
      windowBytes: 1_000_000,
      name: 'mine',
      lifetime: 'client',
    })
    await context.limpet.open({
      argv: ['ls', '-l'],
      cwd: '/tmp',
      environment: { A: 'b' },
      tty: true,
    })
    expect(context.host.requests.map(({ params }) => params)).toMatchObject([
      {
        program: 'shell',
        columns: 120,
        rows: 40,
        name: 'mine',
        lifetime: 'client',
        view: {
          attachment: 1,
          answers: true,
          windowBytes: 1_000_000,
          size: { columns: 120, rows: 40 },
        },
      },
      { program: 'exec', argv: ['ls', '-l'], cwd: '/tmp', environment: { A: 'b' }, tty: true },
    ])
  })

  it('types in order, and says when it was written', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.writesInput = false
    const first = fateOf(session.write('ls\r'))
    const answer = fateOf(session.write(Uint8Array.of(0x1b), { isAnswer: true }))
    const end = fateOf(session.endInput())
    await settled()
    expect([session.unacknowledgedInputBytes, first.now]).toEqual([4, 'waits'])
    far.writeInput()
    await settled()
    expect([first.now, answer.now, end.now]).toEqual(['done', 'done', 'done'])
    expect(far.input).toEqual([
      { text: 'ls\r', isAnswer: false, isLast: false },
      { text: '\x1b', isAnswer: true, isLast: false },
      { text: '', isAnswer: false, isLast: true },
    ])
  })

  it('takes no input any more once it has ended', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.writesInput = false
    const unwritten = fateOf(session.write('never read'))
    far.exit()
    await settled()
    const late = fateOf(session.write('x'))
    await settled()
    expect([unwritten.now, late.now]).toEqual(['SESSION_ENDED', 'SESSION_ENDED'])
  })

  it('passes on resize, signal, rename and kill', async () => {
    await using context = await connected()
    const { session } = await opened(context)
    context.host.requests.length = 0
    await session.resize(90, 20)
    await session.signal('SIGINT')
    await session.rename('build')
    expect(session.info.name).toBe('build')
    await session.rename('')
    expect(session.info.name).toBeUndefined()
    await session.kill({ force: true })
    const { id } = session
    expect(context.host.requests).toMatchObject([
      { method: 'session.resize', params: { attachment: 1, columns: 90, rows: 20 } },
      { method: 'session.signal', params: { session: id, signal: 'SIGINT' } },
      { method: 'session.rename', params: { session: id, name: 'build' } },
      { method: 'session.rename', params: { session: id, name: '' } },
      { method: 'session.kill', params: { session: id, force: true } },
    ])
  })

  it('[FLOW-1] is not sent more than the window while nobody reads', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    for (let i = 0; i < 20; i++) far.print('x'.repeat(64 * 1024))
    await settled()
    expect(session.offset).toBe(512 * 1024)
    far.exit()
    expect(await read(session)).toHaveLength(20 * 64 * 1024 + '[exit]'.length)
  })

  it('drops its output when nobody wants it, to learn how it ended', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    for (let i = 0; i < 40; i++) far.print('x'.repeat(64 * 1024))
    far.exit({ code: 7 })
    expect(await session.discardOutput()).toMatchObject({ code: 7 })
    expect(await read(session)).toBe('')
  })

  it('ends when it is closed, with all that it has still to say', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    for (let i = 0; i < 40; i++) far.print('x'.repeat(64 * 1024))
    expect(await session.close()).toMatchObject({ signal: 'SIGHUP' })
    expect(await session.close()).toMatchObject({ signal: 'SIGHUP' })
  })

  it('can be closed from inside the loop that reads it', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    for (let i = 0; i < 40; i++) far.print('x'.repeat(64 * 1024))
    let reads = 0
    for await (const { type } of session.output) {
      reads += type === 'output' ? 1 : 100
      await session.close()
    }
    expect(reads).toBe(1)
  })

  it('says so when closing does not end it', async () => {
    await using context = await connected()
    const { session } = await opened(context)
    // A host that answers, but whose process survives even SIGKILL.
    context.host.handleAnswered = undefined
    const far = context.host.sessions.get(session.id)
    if (far) far.exit = () => {}
    const closing = fateOf(session.close())
    await settled()
    await context.runtime.advance(SESSION_CLOSE_DEADLINE_MS)
    expect(closing.now).toBe('SESSION_RUNNING')
  })

  it('is let go of without ending it', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    far.writesInput = false
    const unwritten = fateOf(session.write('x'))
    const reading = read(session)
    const exited = fateOf(session.exited)
    far.print('seen')
    await settled()
    await session.detach()
    await session.detach()
    expect(await reading).toBe('seen')
    await settled()
    expect([unwritten.now, exited.now]).toEqual(['ATTACHMENT_NOT_FOUND', 'ATTACHMENT_NOT_FOUND'])
    expect([far.viewers.size, far.hasExited, session.state]).toEqual([0, false, 'detached'])
  })

  it('ends with a coded error when the host forgets it, or another takes its place', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    const { session: other } = await opened(context)
    const [reading, readingOther] = [fateOf(read(session)), fateOf(read(other))]
    context.host.remove(far)
    context.host.connection.notify('session.detached', {
      attachment: attachmentId(2),
      reason: 'superseded',
    })
    await settled()
    expect([reading.now, readingOther.now]).toEqual(['SESSION_NOT_FOUND', 'ATTACHMENT_NOT_FOUND'])
  })

  it('has a client id of its own: two handles of one session live side by side', async () => {
    await using context = await connected()
    const { session, far } = await opened(context)
    const again = await context.limpet.attach(session.id)
    await Promise.all([session.write('a'), again.write('b')])
    far.print('for both')
    far.exit()
    expect(await Promise.all([read(session), read(again)])).toEqual([
      'for both[exit]',
      'for both[exit]',
    ])
    expect(far.input.map(({ text }) => text).toSorted()).toEqual(['a', 'b'])
  })

  it.each([
    ['start', 'cdef[exit]'],
    ['end', '[exit]'],
    [4, 'ef[exit]'],
    [0, '[gap 0–2]cdef[exit]'],
  ] as const)('is attached from %s', async (from, expected) => {
    await using context = await connected()
    const far = context.host.start()
    far.print('abcdef')
    far.forget(2)
    const session = await context.limpet.attach(far.info.id, { from })
    far.exit()
    expect(await read(session)).toBe(expected)
  })

  it('is refused with a code when there is none', async () => {
    await using context = await connected()
    const absent = 'v'.repeat(26)
    for (const id of ['no id at all', absent]) {
      const attaching = context.limpet.attach(id)
      await expect(attaching).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    }
  })

  it('that was attached too late is detached again', async () => {
    await using context = await connected()
    const { host, runtime, limpet } = context
    const far = host.start()
    let answer = (): void => {}
    host.handleRequest = ({ method }, connection) => {
      if (method !== 'session.attach') return
      host.silent.add('session.attach')
      answer = () => {
        host.silent.clear()
        connection.channel.sendText(
          JSON.stringify({ jsonrpc: '2.0', id: 3, result: attachedTo(far) }),
        )
      }
    }
    const fate = fateOf(limpet.attach(far.info.id))
    await settled()
    await runtime.advance(30_000)
    expect(fate.now).toBe('CONNECTION_LOST')
    host.requests.length = 0
    answer()
    await settled()
    expect(host.requests).toMatchObject([{ method: 'session.detach', params: { attachment: 1 } }])
  })
})

function attachedTo(far: FakeSession): Attached {
  const { keptFrom, end } = far.snapshot
  const result = { session: far.snapshot, offset: keptFrom, liveFrom: end, viewer: 'v1' }
  return { ...result, responder: null, lastInput: 0 } as unknown as Attached // as JSON: no brands
}

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
})

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
    channel.sendBinary(Uint8Array.of(3, 0, 0, 0, 1, 9, 9))
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
