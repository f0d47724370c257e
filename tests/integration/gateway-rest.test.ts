// Tests reading sessions over plain HTTP: exact bytes, long polls, gaps, refusals, and the examples of the document.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect as connectSocket, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeRecords, factOf, RECORD_KIND } from '@limpet/protocol'
import { builtPath, runProgram, waitFor, within } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { startGatewayFixture, type GatewayFixture } from './gateway/gateway-fixture.ts'
import { RawClient } from './gateway/raw-client.ts'
import { owner, share } from './gateway/visitors.ts'

interface Part {
  readonly status: number
  readonly body: Buffer
  readonly from: number
  readonly next: number
  readonly end: number
  readonly gap: string | null
  readonly state: string | null
}

async function start(client: RawClient, script: string): Promise<string> {
  const answer = await client.ask('program.start', { program: 'exec', argv: ['sh', '-c', script] })
  return (answer.result as { session: { id: string } }).session.id
}

async function part(fixture: GatewayFixture, session: string, query = ''): Promise<Part> {
  const path = `/api/sessions/${session}/output${query}`
  const answer = await fixture.fetch(path, { headers: fixture.bearer })
  const number = (name: string): number => Number(answer.headers.get(name) ?? Number.NaN)
  return {
    status: answer.status,
    body: Buffer.from(await answer.arrayBuffer()),
    from: number('limpet-from'),
    next: number('limpet-next'),
    end: number('limpet-end'),
    gap: answer.headers.get('limpet-gap'),
    state: answer.headers.get('limpet-state'),
  }
}

async function ended(fixture: GatewayFixture, session: string): Promise<void> {
  await waitFor('the end', async () => (await part(fixture, session)).state === 'ended')
}

async function codeOf(fixture: GatewayFixture, path: string): Promise<string> {
  const answer = await fixture.fetch(path, { headers: fixture.bearer })
  const { error } = (await answer.json()) as { error?: { code: string } }
  return `${answer.status} ${error?.code ?? ''}`
}

test('sessions are listed, and one of them is shown with its exit', async () => {
  await using fixture = await startGatewayFixture()
  using client = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  const first = await start(client, 'exit 3')
  const second = await start(client, 'cat')
  await ended(fixture, first)
  const list = await fixture.fetch('/api/sessions', { headers: fixture.bearer })
  const { sessions } = (await list.json()) as { sessions: { id: string; state: string }[] }
  expect(sessions).toMatchObject([
    { id: second, state: 'running' },
    { id: first, state: 'ended' },
  ])
  const one = await fixture.fetch(`/api/sessions/${first}`, { headers: fixture.bearer })
  expect(await one.json()).toMatchObject({ session: { id: first, exit: { code: 3 } } })
  const nowhere = '/api/sessions/000g40o40k30e209185go38e1s'
  expect(await codeOf(fixture, nowhere)).toBe('404 SESSION_NOT_FOUND')
  expect(await codeOf(fixture, `${nowhere}/output`)).toBe('404 SESSION_NOT_FOUND')
  expect(await codeOf(fixture, `/api/sessions/${first}/output?from=99999999`)).toBe(
    '416 OFFSET_OUT_OF_RANGE',
  )
  for (const query of ['from=-1', 'from=x', 'limitBytes=0', 'waitMs=60001', 'format=text']) {
    const path = `/api/sessions/${first}/output?${query}`
    expect([query, await codeOf(fixture, path)]).toEqual([query, '400 PARAMETERS_INVALID'])
  }
})

test('what is read part by part is what the process wrote, byte by byte', async () => {
  await using fixture = await startGatewayFixture()
  using client = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  const session = await start(client, 'seq 300000; echo bad >&2')
  await ended(fixture, session)
  const expected = `${Array.from({ length: 300_000 }, (_none, index) => index + 1).join('\n')}\nbad\n`
  for (const limitBytes of [8_388_608, 100_000, 777_777]) {
    const parts: Buffer[] = []
    let next = 0
    for (;;) {
      const read = await part(fixture, session, `?from=${next}&limitBytes=${limitBytes}`)
      expect(read.from).toBe(next)
      expect(read.body.length).toBeLessThanOrEqual(limitBytes)
      parts.push(read.body)
      next = read.next
      if (next === read.end) break
    }
    const bytes = Buffer.concat(parts)
    expect([bytes.length, hash(bytes)]).toEqual([expected.length, hash(Buffer.from(expected))])
  }
  const whole = await part(fixture, session, '?limitBytes=8388608&format=records')
  const { records, consumedBytes } = decodeRecords(whole.body)
  expect(consumedBytes).toBe(whole.body.length)
  const output = records.filter(({ kind }) => kind === RECORD_KIND.stdout)
  expect(Buffer.concat(output.map(({ payload }) => payload)).toString()).toBe(expected.slice(0, -4))
  const [last] = records.slice(-1)
  expect(last && factOf(last)).toMatchObject({ type: 'exit', exit: { code: 0 } })
})

test('a poll waits for output, answers as soon as there is some, and for an end too', async () => {
  await using fixture = await startGatewayFixture()
  using client = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  const session = await start(client, 'read line; echo "got $line"; read line; exit 4')
  const empty = await part(fixture, session, '?waitMs=200')
  expect(empty).toMatchObject({ next: 0, state: 'running' })
  expect(empty.body.length).toBe(0)
  const view = { attachment: 1, client: 'a'.repeat(32) }
  await client.ask('session.attach', { session, from: 'end', view })
  const poll = part(fixture, session, '?waitMs=60000')
  const type = (sequence: number, text: string): void => {
    const head = Buffer.alloc(14)
    head[0] = 2
    head.writeUInt32BE(1, 1)
    head.writeUInt32BE(sequence, 10)
    client.socket.send(Buffer.concat([head, Buffer.from(text)]))
  }
  type(1, 'sea\n')
  const read = await within('the poll', poll)
  expect(read.body.toString()).toBe('got sea\n')
  const last = part(fixture, session, `?from=${read.next}&waitMs=60000`)
  type(2, 'end\n')
  expect(await within('the end', last)).toMatchObject({ state: 'ended', gap: null })
})

test('what is no longer kept is announced, and the answer begins behind it', async () => {
  await using fixture = await startGatewayFixture()
  using client = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  // More than any log keeps by default.
  const session = await start(client, 'head -c 100000000 /dev/zero; echo end')
  await ended(fixture, session)
  const read = await part(fixture, session, '?limitBytes=1000')
  expect(read.gap).toBe(`0-${read.from}`)
  expect(read.from).toBeGreaterThan(0)
  expect(read.next).toBe(read.from + 1000)
  expect(read.body.length).toBe(1000)
})

test('a client that hangs up ends its poll at the host', async () => {
  await using fixture = await startGatewayFixture()
  using client = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  const session = await start(client, 'cat')
  const viewers = async (): Promise<number> => {
    const { result } = await client.ask('session.list')
    return (result as { sessions: { viewers: number }[] }).sessions[0]?.viewers ?? -1
  }
  const socket = connectSocket(fixture.port, '127.0.0.1')
  socket.write(
    [
      `GET /api/sessions/${session}/output?waitMs=60000 HTTP/1.1`,
      `Host: 127.0.0.1:${fixture.port}`,
      `Authorization: Bearer ${fixture.gateway.token}`,
      '',
      '',
    ].join('\r\n'),
  )
  await waitFor('the poll', async () => (await viewers()) === 1)
  socket.destroy()
  await waitFor('its end', async () => (await viewers()) === 0)
})

function getRequest(fixture: GatewayFixture, path: string, secret: string): string {
  const host = `Host: 127.0.0.1:${fixture.port}`
  return `GET ${path} HTTP/1.1\r\n${host}\r\nAuthorization: Bearer ${secret}\r\n\r\n`
}

test('answers that nobody reads hold their places, and guests never all of them', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const session = await start(client, 'head -c 20000000 /dev/zero')
  await ended(fixture, session)
  const { path, secret } = await share(client, session)
  const sockets: Socket[] = []
  /** Asks for much and reads no more than the beginning of the answer. @returns its status */
  const ask = async (below: string, token: string): Promise<number> => {
    const socket = connectSocket(fixture.port, '127.0.0.1')
    sockets.push(socket)
    const output = `${below}api/sessions/${session}/output?limitBytes=8388608`
    socket.write(getRequest(fixture, output, token))
    const [head] = (await within('an answer', once(socket, 'data'))) as [Buffer]
    socket.pause()
    return Number(head.toString('latin1', 9, 12))
  }
  const { token } = fixture.gateway
  try {
    for (let i = 0; i < 48; i += 1) expect(await ask(path, secret)).toBe(200)
    expect(await ask(path, secret)).toBe(429)
    for (let i = 0; i < 16; i += 1) expect(await ask('/', token)).toBe(200)
    expect(await ask('/', token)).toBe(429)
  } finally {
    for (const socket of sockets) socket.destroy()
  }
  await waitFor('room again', async () => (await ask(path, secret)) === 200)
  for (const socket of sockets) socket.destroy()
})

test('polls that came on one connection leave nothing behind when it breaks', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const session = await start(client, 'cat')
  const path = `/api/sessions/${session}/output?waitMs=60000`
  const viewers = async (): Promise<number> => {
    const { result } = await client.ask('session.list')
    return (result as { sessions: { viewers: number }[] }).sessions[0]?.viewers ?? -1
  }
  const socket = connectSocket(fixture.port, '127.0.0.1')
  socket.write(getRequest(fixture, path, fixture.gateway.token).repeat(70))
  await waitFor('the first poll', async () => (await viewers()) === 1)
  socket.destroy()
  await waitFor('its end', async () => (await viewers()) === 0)
  // All places are free: as many polls wait now as are possible.
  const abort = new AbortController()
  const polls = Array.from({ length: 64 }, () =>
    fixture.fetch(path, { headers: fixture.bearer, signal: abort.signal }).catch(() => undefined),
  )
  await waitFor('64 polls', async () => (await viewers()) === 64)
  expect((await part(fixture, session, '?waitMs=60000')).status).toBe(429)
  abort.abort()
  await Promise.all(polls)
  await waitFor('their end', async () => (await viewers()) === 0)
})

test('every example of docs/REST.md does what stands below it', async () => {
  await using fixture = await startGatewayFixture()
  using client = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  const session = await start(client, 'echo hello; echo world; exit 3')
  await ended(fixture, session)
  const document = await readFile(builtPath('docs/REST.md'), 'utf8')
  const examples = [...document.matchAll(/```sh\n([^`]*)```\n\n```text\n([^`]*)```/g)]
  expect(examples.length).toBeGreaterThan(4)
  const cwd = await mkdtemp(join(tmpdir(), 'limpet-rest-'))
  try {
    for (const [, script = '', expected = ''] of examples) {
      const ran = await runProgram(['bash', '-c', script], {
        cwd,
        environment: {
          PATH: process.env['PATH'] ?? '',
          URL: fixture.origin,
          TOKEN: fixture.gateway.token,
          SESSION: session,
        },
      })
      expect([script, ran.stdout.toString().trim().toLowerCase()]).toEqual([
        script,
        expected.trim(),
      ])
    }
  } finally {
    await rm(cwd, { recursive: true })
  }
})

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
