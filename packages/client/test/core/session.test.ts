import { attachmentId, encodeFact, RECORD_KIND, type Attached } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { SESSION_CLOSE_DEADLINE_MS } from '../../src/core/limits.ts'
import { type OutputRecord } from '../../src/index.ts'
import { connected, fateOf } from '../support/connected.ts'
import { type FakeSession } from '../support/fake-session.ts'
import { settled } from '../support/manual-runtime.ts'
import { opened, read } from '../support/opened.ts'

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
  return { ...result, responder: null, lastInput: 0, viewers: [] } as unknown as Attached // as JSON: no brands
}
