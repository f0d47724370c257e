// Tests what a guest by a share may try: other sessions, other houses, the owner's cookie, names of programs, all the
// room there is. Nothing of it tells or takes more than the share gives.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { waitFor } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { startGatewayFixture } from './gateway/gateway-fixture.ts'
import { RawClient } from './gateway/raw-client.ts'
import { cookieOf, guest, owner, share, startCat, TestClock } from './gateway/visitors.ts'

const NOWHERE = '000g40o40k30e209185go38e1s'

/** An input frame, as no client of ours would send it here. */
function input(attachment: number, text: string, flags = 0): Buffer {
  const head = Buffer.alloc(14)
  head[0] = 2
  head.writeUInt32BE(attachment, 1)
  head[5] = flags
  head.writeUInt32BE(1, 10)
  return Buffer.concat([head, Buffer.from(text)])
}

test('a guest is told the same of a session that is not its own as of one that is not there', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const session = await startCat(client)
  const other = await startCat(client)
  for (const role of ['viewer', 'operator']) {
    const shared = await share(client, session, { role })
    using visitor = await guest(fixture, shared)
    const told = async (id: string): Promise<string> => {
      const view = { attachment: 3, client: '7'.repeat(32) }
      const answers: unknown[] = []
      for (const [method, params] of [
        ['session.attach', { from: 'start', view }],
        ['session.signal', { signal: 'SIGKILL' }],
        ['session.kill', { force: true }],
        ['session.rename', { name: 'x' }],
        ['session.configure', { labels: {} }],
        ['session.configure', { sizeRule: 'smallest' }],
        ['session.see', { outputAt: 1 }],
        ['session.remove', {}],
        ['share.create', { role: 'operator' }],
        ['share.list', {}],
        ['session.open', { plan: {} }],
        ['link.hello', {}],
      ] as const) {
        const { error } = await visitor.ask(method, { session: id, ...params })
        expect([method, error === undefined]).toEqual([method, false])
        answers.push(error)
      }
      const headers = { authorization: `Bearer ${shared.secret}` }
      for (const rest of [`/${id}`, `/${id}/output`]) {
        const answer = await fixture.fetch(`${shared.path}api/sessions${rest}`, { headers })
        answers.push(answer.status, await answer.text())
      }
      return JSON.stringify(answers).replaceAll(id, 'ID')
    }
    expect(await told(other)).toBe(await told(NOWHERE))
  }
  const { result } = await client.ask('session.list')
  expect(result).toMatchObject({ sessions: [{ state: 'running' }, { state: 'running' }] })
})

test('a guest starts nothing in any dialect, and does not learn which programs there are', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const session = await startCat(client)
  for (const role of ['viewer', 'operator']) {
    const shared = await share(client, session, { role })
    using visitor = await guest(fixture, shared)
    for (const program of ['exec', 'command', 'shell', 'no such program']) {
      expect(await visitor.refusal('program.start', { program, argv: ['id'] })).toBe('FORBIDDEN')
    }
    const headers = { authorization: `Bearer ${shared.secret}` }
    const run = new RawClient(
      await fixture.webSocket(`${shared.path}ws?format=json`, [], { headers }),
    )
    run.socket.send('id')
    await run.message('a refusal', ({ error }) => error !== undefined)
    expect(run.messages).toMatchObject([{ id: 1, error: { code: 'FORBIDDEN' } }])
    run.socket.terminate()
  }
  const { result } = await client.ask('session.list')
  expect((result as { sessions: unknown[] }).sessions).toHaveLength(1)
})

test('what a viewer types reaches nobody, with whatever flags and attachments', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const session = await startCat(client)
  const view = { attachment: 1, client: 'a'.repeat(32) }
  await client.ask('session.attach', { session, from: 'start', view })
  using visitor = await guest(fixture, await share(client, session))
  // Also under the owner's client id, which nobody shows it.
  await visitor.ask('session.attach', { session, from: 'start', view: { ...view, attachment: 2 } })
  for (const flags of [0, 1, 2, 3, 255]) {
    for (const attachment of [1, 2, 4_000_000_000])
      visitor.socket.send(input(attachment, 'no', flags))
  }
  expect(await visitor.refusal('session.resize', { attachment: 2, columns: 9, rows: 9 })).toBe(
    'FORBIDDEN',
  )
  expect(await visitor.refusal('session.control', { attachment: 2, viewer: null })).toBe(
    'FORBIDDEN',
  )
  expect(
    await visitor.refusal('session.attach', {
      session,
      from: 'end',
      view: { attachment: 5, client: 'b'.repeat(32), lossless: true },
    }),
  ).toBe('FORBIDDEN')
  await client.ask('session.attach', { session, from: 'end', view: { ...view, attachment: 9 } })
  client.socket.send(input(9, 'yes\n'))
  await waitFor('the echo', () => client.outputOf(9) !== '')
  expect(client.outputOf(9)).toBe('yes\n')
})

test('a guest is called as the owner says, not as it says itself', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const session = await startCat(client)
  const view = { attachment: 1, client: 'a'.repeat(32) }
  await client.ask('session.attach', { session, from: 'end', view })
  using visitor = await guest(fixture, await share(client, session, { name: 'Ada' }))
  const attached = await visitor.ask('session.attach', {
    session,
    from: 'end',
    view: { attachment: 1, client: 'b'.repeat(32), name: 'owner' },
  })
  expect(attached.result).toMatchObject({ viewers: [{ name: 'owner' }, { name: 'Ada' }] })
  const joined = await client.message('who joined', ({ method }) => method === 'viewer.joined')
  expect(joined.params).toMatchObject({ viewer: { name: 'Ada', canType: false } })
})

test('no spelling of a path leads out of the house of a share, nor into it', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const one = await share(client, await startCat(client))
  const two = await share(client, await startCat(client))
  const guestShows = [
    `Authorization: Bearer ${one.secret}`,
    `Cookie: ${await cookieOf(fixture, one)}`,
  ]
  const ownerShows = [fixture.bearer.authorization, await fixture.logIn()]
  const host = `Host: 127.0.0.1:${fixture.port}`
  const out = [
    `${one.path}../../api/sessions`,
    `${one.path}..%2f..%2fapi/sessions`,
    `${one.path}%2e%2e/%2e%2e/api/sessions`,
    `${one.path}.%2e/%2e./api/sessions`,
    `${one.path}..\\..\\api\\sessions`,
    `${one.path}/api/sessions`,
    `/${one.path}api/sessions`,
    `/x/..${one.path}api/sessions`,
    `/S/${one.id}/api/sessions`,
    `/s/${one.id.toUpperCase()}./api/sessions`,
    `/s/${one.id}./api/sessions`,
    `/s/${one.id}%00/api/sessions`,
    `/s/${one.id}%2fapi/sessions`,
    `/s%2f${one.id}/api/sessions`,
    `/%73/${one.id}/api/sessions`,
    `${one.path}api/sessions/`,
    `${one.path}api/sessions;x=1`,
    `${one.path}API/sessions`,
    `${one.path}api%2fsessions`,
    `${one.path}examples/`,
    `/s/${one.id}/s/${two.id}/api/sessions`,
    `${two.path}api/sessions`,
    '/s//api/sessions',
    '/api/sessions',
    '/examples/',
  ]
  for (const path of out) {
    for (const shown of guestShows) {
      const { status, body } = await fixture.raw([`GET ${path} HTTP/1.1`, host, shown])
      expect([path, [400, 401, 404].includes(status)]).toEqual([path, true])
      expect(body).not.toContain(one.session)
      expect(body).not.toContain(two.session)
    }
  }
  for (const path of [`${one.path}api/sessions`, `${one.path}api/sessions/${one.session}/output`]) {
    for (const shown of [`Authorization: ${ownerShows[0]}`, `Cookie: ${ownerShows[1]}`]) {
      const { status } = await fixture.raw([`GET ${path} HTTP/1.1`, host, shown])
      expect([path, status]).toEqual([path, 401])
    }
    expect((await fixture.raw([`GET ${path} HTTP/1.1`, host, guestShows[0] ?? ''])).status).toBe(
      200,
    )
    const asked = `GET ${path}?token=${one.secret} HTTP/1.1`
    expect((await fixture.raw([asked, host])).status).toBe(400)
  }
})

test('other pages, other names and odd cookies get no further below a share than elsewhere', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const shared = await share(client, await startCat(client))
  const cookie = await cookieOf(fixture, shared)
  const [name = '', value = ''] = cookie.split('=')
  const own = `127.0.0.1:${fixture.port}`
  const ask = async (...lines: string[]): Promise<number> => {
    const hasHost = lines.some((line) => line.startsWith('Host:'))
    const head = [`GET ${shared.path}api/login HTTP/1.1`, ...(hasHost ? [] : [`Host: ${own}`])]
    return (await fixture.raw([...head, ...lines])).status
  }
  expect(await ask(`Cookie: ${cookie}`)).toBe(200)
  expect(await ask(`Cookie: ${cookie}`, 'Host: rebind.test')).toBe(421)
  expect(await ask(`Cookie: ${cookie}`, 'Origin: http://evil.test')).toBe(403)
  expect(await ask(`Cookie: ${cookie}`, 'Origin: null')).toBe(403)
  for (const odd of [
    `${name}=x; ${name}=${value}`,
    `${name}="${value}x"`,
    `${name.toUpperCase()}=${value}`,
  ]) {
    expect([odd, await ask(`Cookie: ${odd}`)]).toEqual([odd, 401])
  }
  // A cookie that another page's upgrade or form carries along.
  const upgrade = async (...lines: string[]): Promise<number> =>
    (await fixture.upgrade(`${shared.path}ws`, [`Cookie: ${cookie}`, ...lines])).status
  expect(await upgrade('Origin: http://evil.test')).toBe(403)
  expect(await upgrade()).toBe(401)
  expect(await upgrade(`Origin: http://${own}`, 'Sec-WebSocket-Protocol: limpet.v1')).toBe(101)
  const form = `token=${shared.secret}`
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
    const { status, head } = await fixture.raw(
      [
        `POST ${shared.path}api/login HTTP/1.1`,
        `Host: ${own}`,
        `Content-Type: ${type}`,
        `Content-Length: ${form.length}`,
      ],
      form,
    )
    expect([type, status, /set-cookie/i.test(head)]).toEqual([type, 400, false])
  }
})

test('guests never take all the room: the owner gets in, and lets them out', async () => {
  await using setup = await startGatewayFixture()
  const { scratch } = setup
  const file = join(scratch.home, 'limpet.yaml')
  await writeFile(file, 'limits: { webSockets: 4 }\n')
  await using fixture = await startGatewayFixture({ scratch, config: { file } })
  const client = await owner(setup)
  const shared = await share(client, await startCat(client))
  const crowd = [
    await guest(fixture, shared),
    await guest(fixture, shared),
    await guest(fixture, shared),
  ]
  await expect(guest(fixture, shared)).rejects.toThrow('429')
  using owners = await owner(fixture)
  expect(await owners.refusal('share.revoke', { share: shared.id })).toBe('not refused')
  for (const one of crowd) expect((await one.closed()).code).toBe(4401)
})

test('a cookie that is moved on never lies beside what a proxy keeps for others', async () => {
  await using setup = await startGatewayFixture()
  const { scratch } = setup
  const clock = new TestClock()
  const pageDirectory = join(scratch.home, 'page')
  await mkdir(join(pageDirectory, 'assets'), { recursive: true })
  await writeFile(join(pageDirectory, 'assets/index-B2x9Lk3q.js'), 'hello')
  await using fixture = await startGatewayFixture({ scratch, gateway: { clock, pageDirectory } })
  const cookie = await fixture.logIn()
  clock.nowMs += 2 * 60 * 60 * 1000
  const asset = await fixture.fetch('/assets/index-B2x9Lk3q.js', { headers: { cookie } })
  expect(asset.headers.get('cache-control')).toContain('immutable')
  expect(asset.headers.getSetCookie()).toEqual([])
  const login = await fixture.fetch('/api/login', { headers: { cookie } })
  expect(login.headers.getSetCookie()).toHaveLength(1)
  expect(login.headers.get('cache-control')).toBe('no-store')
})
