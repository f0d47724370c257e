// What the host refuses: each wrong request gets a coded answer, and nothing else is disturbed.

import { Bystander, startHost, type HostFixture } from '@limpet/testkit'
import { MAX_FRAME_BYTES, MAX_INPUT_PAYLOAD_BYTES, PROTOCOL_VERSION } from '@limpet/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const NOBODY = 'a'.repeat(26)

describe('the host', () => {
  let host: HostFixture
  let bystander: Bystander

  beforeAll(async () => {
    host = await startHost()
    bystander = await Bystander.start(host)
    return async () => {
      bystander[Symbol.dispose]()
      await host[Symbol.asyncDispose]()
    }
  })

  // Whatever the test before did, somebody else's session goes on.
  beforeEach(async () => void (await bystander.echo()))
  afterAll(async () => void (await bystander.echo()))

  const terminal = { columns: 80, rows: 24 }
  const view = { attachment: 1, client: 'f'.repeat(32) }

  test.each([
    ['an unknown method', 'session.explode', {}, 'METHOD_NOT_FOUND'],
    ['a method that a gateway serves', 'program.list', {}, 'METHOD_NOT_FOUND'],
    ['a method named like a property of objects', 'constructor', {}, 'METHOD_NOT_FOUND'],
    [
      'a second hello',
      'link.hello',
      { protocol: 1, build: 'x', principal: 'x', rights: [] },
      'MESSAGE_MALFORMED',
    ],
    ['parameters that are no object', 'session.list', [], 'PARAMETERS_INVALID'],
    ['a parameter of the wrong type', 'session.list', { watch: 'yes' }, 'PARAMETERS_INVALID'],
    ['a missing parameter', 'session.kill', {}, 'PARAMETERS_INVALID'],
    [
      'a session id that is none',
      'session.kill',
      { session: '../../etc/passwd' },
      'PARAMETERS_INVALID',
    ],
    ['an empty argv', 'session.open', { plan: { argv: [] } }, 'PARAMETERS_INVALID'],
    [
      'a window of zero bytes',
      'session.attach',
      { session: NOBODY, from: 0, view: { ...view, windowBytes: 0 } },
      'PARAMETERS_INVALID',
    ],
    [
      'a negative offset',
      'session.attach',
      { session: NOBODY, from: -1, view },
      'PARAMETERS_INVALID',
    ],
    [
      'an unknown session to attach',
      'session.attach',
      { session: NOBODY, from: 'start', view },
      'SESSION_NOT_FOUND',
    ],
    ['an unknown session to end', 'session.kill', { session: NOBODY }, 'SESSION_NOT_FOUND'],
    [
      'an unknown session to signal',
      'session.signal',
      { session: NOBODY, signal: 'SIGTERM' },
      'SESSION_NOT_FOUND',
    ],
    [
      'an unknown session to name',
      'session.rename',
      { session: NOBODY, name: 'x' },
      'SESSION_NOT_FOUND',
    ],
    ['an unknown session to forget', 'session.remove', { session: NOBODY }, 'SESSION_NOT_FOUND'],
    [
      'an unknown attachment to leave',
      'session.detach',
      { attachment: 99 },
      'ATTACHMENT_NOT_FOUND',
    ],
    [
      'an unknown attachment to resize',
      'session.resize',
      { attachment: 99, ...terminal },
      'ATTACHMENT_NOT_FOUND',
    ],
  ])('refuses %s', async (_what, method, params, code) => {
    using link = await host.link()
    expect(await link.refusal(method, params)).toMatchObject({
      code,
      message: expect.stringMatching(/\.$|stop$/),
    })
    expect(await link.request('link.ping', {})).toEqual({})
  })

  test.each([
    ['a missing executable', { argv: ['no-such-program-anywhere'] }, 'EXECUTABLE_NOT_FOUND'],
    ['an executable outside of PATH', { argv: ['./not-here'] }, 'EXECUTABLE_NOT_FOUND'],
    ['a directory as executable', { argv: ['/tmp'] }, 'EXECUTABLE_NOT_FOUND'],
    ['a missing working directory', { cwd: '/no/such/folder' }, 'WORKING_DIRECTORY_UNUSABLE'],
    ['a file as working directory', { cwd: '/etc/passwd' }, 'WORKING_DIRECTORY_UNUSABLE'],
  ])(
    'starts nothing from a plan with %s, on pipes or in a terminal',
    async (_what, wrong, code) => {
      using link = await host.link()
      const plan = host.plan(['true'], wrong)
      expect(await link.refusal('session.open', { plan })).toMatchObject({ code })
      expect(await link.refusal('session.open', { plan: { ...plan, terminal } })).toMatchObject({
        code,
      })
      const { sessions } = await link.request('session.list', {})
      expect(
        sessions.filter(({ program, title }) => program === 'test' && title !== 'cat'),
      ).toEqual([])
    },
  )

  test.each([0, -1, 1001, 1_000_000_000, 1.5, '80', null])(
    'refuses to make a terminal %j columns wide',
    async (columns) => {
      using link = await host.link()
      const { session } = await link.request('session.open', {
        plan: host.plan(['cat'], { terminal, lifetime: 'client' }),
        view: host.view(1),
      })
      const error = await link.refusal('session.resize', { attachment: 1, columns, rows: 24 })
      expect(error).toMatchObject({ code: 'PARAMETERS_INVALID', details: { parameter: 'columns' } })
      const { sessions } = await link.request('session.list', {})
      expect(sessions.find(({ id }) => id === session.id)?.terminal).toEqual(terminal)
    },
  )

  test('refuses a size for a session on pipes', async () => {
    using link = await host.link()
    await link.request('session.open', {
      plan: host.plan(['cat'], { lifetime: 'client' }),
      view: host.view(1),
    })
    expect(await link.refusal('session.resize', { attachment: 1, ...terminal })).toMatchObject({
      code: 'NOT_A_TERMINAL',
    })
  })

  test.each(['SIGNONSENSE', 'TERM', '15', '', 'toString'])(
    'refuses the signal %j',
    async (signal) => {
      using link = await host.link()
      const { session } = await link.request('session.open', {
        plan: host.plan(['cat'], { lifetime: 'client' }),
      })
      expect(await link.refusal('session.signal', { session: session.id, signal })).toMatchObject({
        code: 'SIGNAL_UNKNOWN',
      })
    },
  )

  test('refuses what is meant for a running session once it has ended, and still shows it', async () => {
    using link = await host.link()
    const { session } = await link.request('session.open', {
      plan: host.plan(['sh', '-c', 'echo done'], { terminal }),
      view: host.view(1),
    })
    await link.exitOf(1)
    const refusals = await Promise.all([
      link.refusal('session.kill', { session: session.id }),
      link.refusal('session.kill', { session: session.id, force: true }),
      link.refusal('session.signal', { session: session.id, signal: 'SIGTERM' }),
      link.refusal('session.resize', { attachment: 1, ...terminal }),
    ])
    expect(refusals.map(({ code }) => code)).toEqual(Array(4).fill('SESSION_ENDED'))
    await link.request('session.attach', { session: session.id, from: 'start', view: host.view(2) })
    await link.exitOf(2)
    expect(link.outputOf(2)).toBe('done\r\n')
    expect(await link.request('session.remove', { session: session.id })).toEqual({})
    expect(await link.refusal('session.remove', { session: session.id })).toMatchObject({
      code: 'SESSION_NOT_FOUND',
    })
  })

  test('refuses to forget a session that runs', async () => {
    using link = await host.link()
    const { session } = await link.request('session.open', {
      plan: host.plan(['cat'], { lifetime: 'client' }),
    })
    expect(await link.refusal('session.remove', { session: session.id })).toMatchObject({
      code: 'SESSION_RUNNING',
    })
  })

  test('refuses an attachment id that was used before, even by one that has left', async () => {
    using link = await host.link()
    const { session } = await link.request('session.open', {
      plan: host.plan(['cat'], { lifetime: 'client' }),
      view: host.view(7),
    })
    const again = { session: session.id, from: 'start', view: host.view(7) } as const
    expect(await link.refusal('session.attach', again)).toMatchObject({ code: 'ATTACHMENT_IN_USE' })
    await link.request('session.detach', { attachment: again.view.attachment })
    expect(await link.refusal('session.attach', again)).toMatchObject({ code: 'ATTACHMENT_IN_USE' })
    expect(await link.refusal('session.detach', { attachment: 7 })).toMatchObject({
      code: 'ATTACHMENT_NOT_FOUND',
    })
  })

  test('refuses an offset beyond the end of the log', async () => {
    using link = await host.link()
    const { session } = await link.request('session.open', {
      plan: host.plan(['cat'], { lifetime: 'client' }),
    })
    const beyond = { session: session.id, from: 1_000_000, view: host.view(1) }
    expect(await link.refusal('session.attach', beyond)).toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
    })
  })

  test.each([
    ['no JSON', 'what is this'],
    ['a list', '[]'],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"link.ping"}]'],
    ['another version of JSON-RPC', '{"jsonrpc":"1.0","id":1,"method":"link.ping"}'],
    ['nothing', ''],
    ['a number', '1e999'],
    ['an object without method', '{"jsonrpc":"2.0","id":1}'],
  ])('answers a text frame that is %s and goes on', async (_what, text) => {
    using link = await host.link()
    link.channel.sendText(text)
    expect(await link.answerTo(null)).toMatchObject({
      kind: 'error',
      error: { code: 'MESSAGE_MALFORMED' },
    })
    expect(await link.request('link.ping', {})).toEqual({})
  })

  test.each([
    ['empty', Buffer.alloc(0)],
    ['an input frame without a whole header', Buffer.from([2, 0, 0, 0, 1])],
    [
      'an input frame with sequence 0',
      Buffer.concat([Buffer.from([2]), Buffer.alloc(13), Buffer.from('x')]),
    ],
    ['an input frame of too many bytes', inputOf(MAX_INPUT_PAYLOAD_BYTES + 1)],
  ])('answers a binary frame that is %s and goes on', async (_what, bytes) => {
    using link = await host.link()
    link.channel.sendBinary(bytes)
    expect(await link.answerTo(null)).toMatchObject({
      kind: 'error',
      error: { code: 'MESSAGE_MALFORMED' },
    })
    expect(await link.request('link.ping', {})).toEqual({})
  })

  test('ignores frames of kinds it does not know', async () => {
    using link = await host.link()
    link.channel.sendBinary(Buffer.from([99, 1, 2, 3]))
    expect(await link.request('link.ping', {})).toEqual({})
    expect(link.notifications).toEqual([])
  })

  test('ends a link that announces a frame above the limit, before reading it', async () => {
    using link = await host.link()
    const header = Buffer.alloc(5)
    header.writeUInt32BE(MAX_FRAME_BYTES + 1)
    link.socket.write(header)
    expect(await link.closed).toMatchObject({ code: 1009 })
  })

  test('ends a link that keeps sending broken messages', async () => {
    using link = await host.link()
    for (let count = 0; count < 20; count += 1) link.channel.sendText('broken')
    expect(await link.closed).toMatchObject({ code: 4400 })
  })

  test('ends a link whose peer speaks before its hello, or speaks another protocol', async () => {
    const { RawLink } = await import('@limpet/testkit')
    using early = await RawLink.dial(host.stateDirectory)
    expect(await early.refusal('session.list', {})).toMatchObject({ code: 'MESSAGE_MALFORMED' })
    expect(await early.closed).toMatchObject({ code: 4400 })

    using newer = await RawLink.dial(host.stateDirectory)
    const hello = { protocol: PROTOCOL_VERSION + 1, build: 'x', principal: 'x', rights: ['view'] }
    const error = await newer.refusal('link.hello', hello)
    expect(error).toMatchObject({
      code: 'PROTOCOL_UNSUPPORTED',
      message: expect.stringContaining('limpet stop'),
    })
    expect(await newer.closed).toMatchObject({ code: 4426 })
  })
})

function inputOf(bytes: number): Buffer {
  const frame = Buffer.alloc(14 + bytes, 'x')
  frame.fill(0, 0, 14)
  frame[0] = 2
  frame[13] = 1
  return frame
}
