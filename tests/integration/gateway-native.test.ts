// Tests the native dialect through a real gateway and a real host: what passes, what is served here, what is
// refused, and that nothing is disturbed by any of it.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, type Limpet } from '@limpet/client'
import { encodeInputFrame, attachmentId, inputSequence, MAX_FRAME_BYTES } from '@limpet/protocol'
import { waitFor, within } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { startGatewayFixture, type GatewayFixture } from './gateway/gateway-fixture.ts'
import { RawClient } from './gateway/raw-client.ts'

function sdk(fixture: GatewayFixture): Promise<Limpet> {
  return connect(fixture.origin, { token: fixture.gateway.token })
}

async function rawClient(fixture: GatewayFixture): Promise<RawClient> {
  return new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
}

/** A view of a client that is nobody else. */
function view(attachment: number): Record<string, unknown> {
  return { attachment, client: randomBytes(16).toString('hex') }
}

function input(attachment: number, sequence: number, text: string): Uint8Array {
  return encodeInputFrame({
    attachment: attachmentId(attachment),
    sequence: inputSequence(sequence),
    isAnswer: false,
    isLast: false,
    bytes: Buffer.from(text),
  })
}

test('the SDK runs a program through gateway and host, its streams apart and its exit told', async () => {
  await using fixture = await startGatewayFixture()
  await using limpet = await sdk(fixture)
  const { stdout, stderr, exit } = await limpet.run(['sh', '-c', 'echo out; echo err >&2; exit 3'])
  expect({ stdout, stderr, code: exit.code, signal: exit.signal }).toEqual({
    stdout: 'out\n',
    stderr: 'err\n',
    code: 3,
    signal: null,
  })
})

test('programs are listed with what they take, and started in the home folder with a clean environment', async () => {
  await using fixture = await startGatewayFixture()
  await using limpet = await sdk(fixture)
  const { programs, rights, build, confinement } = await limpet.programs()
  expect(programs.map(({ name, accepts, tty }) => `${name} ${accepts} ${tty}`)).toEqual([
    'command line either',
    'exec argv either',
    'shell nothing always',
    'python nothing always',
  ])
  expect(rights).toEqual(['view', 'type', 'open', 'administer'])
  expect(build).toBe('test')
  expect(confinement).toBe('Runs as you, not confined.')
  const { stdout } = await limpet.run(['sh', '-c', 'pwd; env'])
  const [pwd, ...environment] = stdout.trimEnd().split('\n')
  expect(pwd).toBe(fixture.scratch.home)
  const names = environment
    .map((line) => line.split('=')[0])
    .filter((name) => name !== '_' && name !== 'SHLVL')
  expect(new Set(names)).toEqual(
    new Set([
      'COLORTERM',
      'HOME',
      'LANG',
      'LIMPET_HOST',
      'LIMPET_SESSION',
      'LOGNAME',
      'PATH',
      'PWD',
      'SHELL',
      'TERM',
      'USER',
    ]),
  )
})

test('a config file decides which programs there are', async () => {
  await using fixture = await startGatewayFixture()
  const file = join(fixture.scratch.home, 'limpet.yaml')
  await writeFile(
    file,
    'programs:\n  hello: { command: [echo, hello], accepts: argv }\n  hidden: { command: [id], start: [viewer] }\n',
  )
  await using other = await startGatewayFixture({ config: { file } })
  await using limpet = await sdk(other)
  const { programs } = await limpet.programs()
  expect(programs.map(({ name }) => name)).toEqual(['hello'])
  const { stdout } = await limpet.run(['$(id)', '--version'], { program: 'hello' })
  expect(stdout).toBe('hello $(id) --version\n')
  await expect(limpet.open('shell')).rejects.toMatchObject({ code: 'PROGRAM_NOT_FOUND' })
  await expect(limpet.open('hidden')).rejects.toMatchObject({ code: 'PROGRAM_NOT_FOUND' })
})

test('ten megabytes of random bytes arrive as they were written', async () => {
  await using fixture = await startGatewayFixture()
  const bytes = randomBytes(10 * 1024 * 1024)
  const file = join(fixture.scratch.home, 'random')
  await writeFile(file, bytes)
  await using limpet = await sdk(fixture)
  const { stdoutBytes } = await limpet.run(['cat', file])
  const hash = (of: Uint8Array): string => createHash('sha256').update(of).digest('hex')
  expect(hash(stdoutBytes)).toBe(hash(bytes))
})

test('what is typed reaches the program once and in order', async () => {
  await using fixture = await startGatewayFixture()
  await using limpet = await sdk(fixture)
  const bytes = randomBytes(3 * 1024 * 1024)
  const { stdoutBytes } = await limpet.run(['cat'], { stdin: bytes })
  expect(Buffer.compare(stdoutBytes, bytes)).toBe(0)
})

test('ids of any kind come back, and methods of links are not for clients', async () => {
  await using fixture = await startGatewayFixture()
  using client = await rawClient(fixture)
  expect(await client.ask('link.ping', {}, 'abc')).toEqual({
    jsonrpc: '2.0',
    id: 'abc',
    result: {},
  })
  expect((await client.ask('program.list', {}, 'list')).result).toHaveProperty('programs')
  const plan = { argv: ['touch', join(fixture.scratch.home, 'never')] }
  expect(await client.refusal('session.open', { plan })).toBe('METHOD_NOT_FOUND')
  const hello = { protocol: 1, build: 'x', principal: 'root', rights: ['administer'] }
  expect(await client.refusal('link.hello', hello)).toBe('METHOD_NOT_FOUND')
  expect(await client.refusal('nothing.known')).toBe('METHOD_NOT_FOUND')
  expect(await client.refusal('__proto__')).toBe('METHOD_NOT_FOUND')
  expect(await client.refusal('session.list')).toBe('not refused')
})

test('every bad request has its code, and the connection and the others go on', async () => {
  await using fixture = await startGatewayFixture()
  await using bystander = await sdk(fixture)
  const shell = await bystander.open('shell', { columns: 80, rows: 24 })
  using client = await rawClient(fixture)
  const start = (params: unknown): Promise<string> => client.refusal('program.start', params)
  expect(await start({ program: 'nope' })).toBe('PROGRAM_NOT_FOUND')
  expect(await start({ program: 'exec', argv: ['no-such-program-here'] })).toBe(
    'EXECUTABLE_NOT_FOUND',
  )
  expect(await start({ program: 'exec', argv: ['id'], cwd: '/nowhere/at/all' })).toBe(
    'WORKING_DIRECTORY_UNUSABLE',
  )
  expect(await start({ program: 'exec', argv: ['id'], cwd: 'here' })).toBe(
    'PROGRAM_ARGUMENTS_REFUSED',
  )
  expect(await start({ program: 'exec', argv: ['a\0b'] })).toBe('PARAMETERS_INVALID')
  expect(await start({ program: 'exec', argv: 'id' })).toBe('PARAMETERS_INVALID')
  expect(await start({ program: 'exec', argv: [] })).toBe('PARAMETERS_INVALID')
  expect(await start({ program: 'exec', argv: Array<string>(5000).fill('x') })).toBe(
    'PARAMETERS_INVALID',
  )
  expect(await start({ program: 'exec', argv: ['x'.repeat(140_000)] })).toBe('PARAMETERS_INVALID')
  expect(await start({ program: 'shell', argv: ['id'] })).toBe('PROGRAM_ARGUMENTS_REFUSED')
  expect(await start({ program: 'shell', columns: 0 })).toBe('PARAMETERS_INVALID')
  expect(await start([])).toBe('PARAMETERS_INVALID')
  expect(await start(7)).toBe('PARAMETERS_INVALID')
  // A plan that no longer fits into a frame, although the request did.
  const argv = Array<string>(8).fill('x'.repeat(130_600))
  expect(await start({ program: 'exec', argv })).toBe('FRAME_TOO_LARGE')

  const opened = await client.ask('program.start', { program: 'shell', view: view(1) })
  expect(opened.error).toBeUndefined()
  const { id } = (opened.result as { session: { id: string } }).session
  for (const columns of [0, -1, 1.5, 1e9, null, '80']) {
    const params = { attachment: 1, columns, rows: 24 }
    expect(await client.refusal('session.resize', params)).toBe('PARAMETERS_INVALID')
  }
  expect(await client.refusal('session.signal', { session: id, signal: 'SIGNOPE' })).toBe(
    'SIGNAL_UNKNOWN',
  )
  expect(
    await client.refusal('session.attach', { session: id, from: 'start', view: view(1) }),
  ).toBe('ATTACHMENT_IN_USE')
  client.socket.send(input(1, 5, 'too early'))
  const gap = await client.message('the refused input', ({ method }) => method === 'input.refused')
  expect(gap.params).toMatchObject({ attachment: 1, sequence: 5, code: 'INPUT_GAP' })
  client.socket.send(input(1, 1, 'exit 7\r'))
  await waitFor('the exit', () => client.records.some(({ record }) => record.kind === 6))
  client.socket.send(input(1, 2, 'too late'))
  await client.message(
    'the refused input',
    ({ params }) => params?.['code'] === 'SESSION_ENDED' || params?.['code'] === 'INPUT_CLOSED',
  )
  expect(await client.refusal('session.kill', { session: id })).toBe('SESSION_ENDED')
  expect(await client.refusal('session.signal', { session: id, signal: 'SIGINT' })).toBe(
    'SESSION_ENDED',
  )

  await shell.write('echo still $((40+2))\r')
  await waitFor('the bystander', async () => {
    for await (const record of shell.output) {
      if (record.type === 'output' && Buffer.from(record.bytes).includes('still 42')) return true
    }
    return false
  })
  await shell.close()
})

test('malformed messages are answered with id null, and end the connection when they do not stop', async () => {
  await using fixture = await startGatewayFixture()
  using client = await rawClient(fixture)
  const malformed = [
    '',
    '{',
    '[]',
    '[1]',
    '"x"',
    'null',
    '{"id":1}',
    '{"jsonrpc":"2.0","id":1.5,"method":"x"}',
    '{"jsonrpc":"1.0","id":1,"method":"link.ping"}',
  ]
  for (const [index, text] of malformed.entries()) {
    client.socket.send(text)
    await waitFor('the answer', () => client.messages.length === index + 1)
    expect(client.messages[index]).toMatchObject({ id: null, error: { code: -32_700 } })
  }
  expect(await client.ask('link.ping')).toMatchObject({ result: {} })
  client.socket.send('the tenth')
  expect((await client.closed()).code).toBe(4400)
})

test('answers and facts that only a host may state go nowhere', async () => {
  await using fixture = await startGatewayFixture()
  using client = await rawClient(fixture)
  client.socket.send('{"jsonrpc":"2.0","id":1,"result":{}}')
  client.socket.send('{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}')
  client.socket.send('{"jsonrpc":"2.0","method":"session.removed","params":{"id":"x"}}')
  client.socket.send('{"jsonrpc":"2.0","method":"session.open","params":{}}')
  client.socket.send('{"jsonrpc":"2.0","method":"unknown.fact"}')
  client.socket.send(Buffer.from([99, 1, 2, 3]))
  await client.ask('link.ping', {}, 'after')
  expect(client.messages).toEqual([{ jsonrpc: '2.0', id: 'after', result: {} }])
})

test.each([
  ['a text frame', 'x'.repeat(MAX_FRAME_BYTES + 1)],
  ['a binary frame', Buffer.alloc(MAX_FRAME_BYTES + 1)],
])('%s above the limit closes the connection with 1009 and no other one', async (_name, data) => {
  await using fixture = await startGatewayFixture()
  using bystander = await rawClient(fixture)
  using client = await rawClient(fixture)
  client.socket.send(data)
  expect((await client.closed()).code).toBe(1009)
  expect(await bystander.ask('link.ping')).toMatchObject({ result: {} })
})

test('text that is not UTF-8 closes the connection with 1007', async () => {
  await using fixture = await startGatewayFixture()
  using client = await rawClient(fixture)
  client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false })
  expect((await client.closed()).code).toBe(1007)
})

test('when the host dies, connections end with 1012, and the next ones get a new host', async () => {
  await using fixture = await startGatewayFixture()
  using client = await rawClient(fixture)
  await client.ask('link.ping')
  await fixture.endHost('SIGKILL')
  expect((await client.closed()).code).toBe(1012)
  await using limpet = await sdk(fixture)
  expect((await limpet.run(['echo', 'again'])).stdout).toBe('again\n')
})

test('a stopping gateway says 1012, and another one on the same state finds the sessions as they were', async () => {
  await using fixture = await startGatewayFixture()
  await using limpet = await sdk(fixture)
  const shell = await limpet.open('shell', { columns: 80, rows: 24 })
  await shell.write('secret=4711; stty -echo\r')
  using client = await rawClient(fixture)
  const first = fixture.gateway
  const startedMs = performance.now()
  await first.close('upgrade')
  expect(performance.now() - startedMs).toBeLessThan(5000)
  expect(await client.closed()).toEqual({ code: 1012, reason: 'upgrade' })
  await expect(fetch(`http://127.0.0.1:${first.address.port}/healthz`)).rejects.toThrow(
    'fetch failed',
  )
  await fixture.start()
  await using later = await sdk(fixture)
  const again = await later.attach(shell.id)
  await again.write('echo it is $secret\r')
  let seen = ''
  for await (const record of again.output) {
    if (record.type === 'output') seen += Buffer.from(record.bytes).toString()
    if (seen.includes('it is 4711')) break
  }
  expect(again.info.state).toBe('running')
  await again.close()
})

test('a client that is silent to pings is dropped, one that answers stays', async () => {
  await using fixture = await startGatewayFixture({ gateway: { pingIntervalMs: 200 } })
  const silent = await fixture.webSocket('/ws', ['limpet.v1'], { autoPong: false })
  using client = await rawClient(fixture)
  const [code] = (await within('the end of the silent one', once(silent, 'close'))) as [number]
  expect(code).toBe(1006)
  expect(await client.ask('link.ping')).toMatchObject({ result: {} })
})

test('more WebSockets than allowed are refused, until one goes', async () => {
  await using setup = await startGatewayFixture()
  const file = join(setup.scratch.home, 'limpet.yaml')
  await writeFile(file, 'limits: { webSockets: 2 }\n')
  await using fixture = await startGatewayFixture({ config: { file } })
  const first = await fixture.webSocket('/ws', ['limpet.v1'])
  using second = await rawClient(fixture)
  const upgrade = (): Promise<{ status: number; body: string }> =>
    fixture.upgrade('/ws', [`Authorization: ${fixture.bearer.authorization}`])
  const refused = await upgrade()
  expect([refused.status, JSON.parse(refused.body)]).toMatchObject([
    429,
    { error: { code: 'QUEUE_FULL' } },
  ])
  expect(await second.ask('link.ping')).toMatchObject({ result: {} })
  first.close()
  await waitFor('room', async () => (await upgrade()).status === 101)
})
