// Tests logging in, staying logged in and being logged out, over real sockets and shared by several gateways.
import { once } from 'node:events'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { startLimpet, within } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startGatewayFixture, type GatewayFixture } from './gateway/gateway-fixture.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Two hands that a test can turn. */
class TestClock {
  nowMs = Date.now()
  wallMs(): number {
    return this.nowMs
  }
  steadyMs(): number {
    return this.nowMs
  }
}

interface Tried {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly cookies: readonly string[]
}

/** One try to log in. @param localAddress who asks: all of 127.0.0.0/8 is this machine */
function tryToken(
  fixture: GatewayFixture,
  token: string,
  localAddress = '127.0.0.1',
): Promise<Tried> {
  return new Promise((resolve, reject) => {
    const { port } = fixture
    const headers = { 'content-type': 'application/json' }
    const path = '/api/login'
    request({ host: '127.0.0.1', port, path, method: 'POST', headers, localAddress }, (answer) => {
      answer.resume()
      resolve({
        status: answer.statusCode ?? 0,
        retryAfter: answer.headers['retry-after'],
        cookies: answer.headers['set-cookie'] ?? [],
      })
    })
      .on('error', reject)
      .end(JSON.stringify({ token }))
  })
}

async function isLoggedIn(fixture: GatewayFixture, cookie: string): Promise<boolean> {
  const answer = await fixture.fetch('/api/login', { headers: { cookie } })
  return answer.status === 200
}

/** The modes of what a gateway keeps. */
async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8)
}

test('the printed link carries the token in its fragment, under a name of its own', async () => {
  await using fixture = await startGatewayFixture()
  const { link, alternativeLink, url, token, tokenPath } = fixture.gateway
  const { stateDirectory } = fixture.scratch
  const { id } = JSON.parse(await readFile(join(stateDirectory, 'identity.json'), 'utf8')) as {
    id: string
  }
  expect(id).toMatch(/^[0-9a-f]{8}$/)
  expect(link).toBe(`http://limpet-${id}.localhost:${fixture.port}/#t=${token}`)
  expect(alternativeLink).toBe(`http://127.0.0.1:${fixture.port}/#t=${token}`)
  expect(url).toBe(`http://127.0.0.1:${fixture.port}/`)
  expect(tokenPath).toBe(join(stateDirectory, 'token'))
  expect(token).toMatch(/^[\w-]{43}$/)
})

test('the token becomes a cookie that scripts cannot read and other sites do not send', async () => {
  await using fixture = await startGatewayFixture()
  const { status, cookies } = await tryToken(fixture, fixture.gateway.token)
  expect(status).toBe(200)
  expect(cookies).toHaveLength(1)
  expect(cookies[0]).toMatch(
    /^limpet-[0-9a-f]{8}=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
  )
  const cookie = cookies[0]?.split(';')[0] ?? ''
  const answer = await fixture.fetch('/api/login', { headers: { cookie } })
  expect(await answer.json()).toEqual({
    principal: 'owner',
    role: 'owner',
    rights: ['view', 'type', 'open', 'administer'],
  })
})

test('what is kept is for our eyes only, and no login can be made of it', async () => {
  await using fixture = await startGatewayFixture()
  const cookie = await fixture.logIn()
  const { stateDirectory } = fixture.scratch
  for (const name of ['token', 'identity.json', 'logins.json']) {
    expect([name, await modeOf(join(stateDirectory, name))]).toEqual([name, '600'])
  }
  expect(await modeOf(stateDirectory)).toBe('700')
  const kept = await readFile(join(stateDirectory, 'logins.json'), 'utf8')
  const [name = '', secret = ''] = cookie.split('=')
  expect(kept).not.toContain(secret)
  const hash = /"hash":"(\w+)"/.exec(kept)?.[1] ?? ''
  expect(hash).toHaveLength(64)
  expect(await isLoggedIn(fixture, `${name}=${hash}`)).toBe(false)
  expect(await isLoggedIn(fixture, `${name}=${fixture.gateway.token}`)).toBe(false)
  expect((await tryToken(fixture, hash)).status).toBe(401)
  expect(
    (await fixture.fetch('/api/login', { headers: { authorization: `Bearer ${hash}` } })).status,
  ).toBe(401)
})

test('the eleventh wrong login within a minute answers 429, right ones cost nothing, others still get in', async () => {
  const clock = new TestClock()
  await using fixture = await startGatewayFixture({ gateway: { clock } })
  const { token } = fixture.gateway
  for (let i = 0; i < 20; i += 1) expect((await tryToken(fixture, token)).status).toBe(200)
  for (let i = 0; i < 10; i += 1) expect((await tryToken(fixture, `wrong${i}`)).status).toBe(401)
  expect(await tryToken(fixture, 'wrong')).toEqual({ status: 429, retryAfter: '6', cookies: [] })
  expect((await tryToken(fixture, token)).status).toBe(429)
  expect((await tryToken(fixture, token, '127.0.0.2')).status).toBe(200)
  clock.nowMs += 6000
  expect((await tryToken(fixture, 'wrong')).status).toBe(401)
  expect((await tryToken(fixture, 'wrong')).status).toBe(429)
  clock.nowMs += 60_000
  expect((await tryToken(fixture, token)).status).toBe(200)
})

test('a hundred wrong logins from many addresses are the limit for all', async () => {
  const clock = new TestClock()
  await using fixture = await startGatewayFixture({ gateway: { clock } })
  const statuses: number[] = []
  for (let i = 0; i < 120; i += 1) {
    statuses.push((await tryToken(fixture, 'wrong', `127.0.1.${i + 1}`)).status)
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(100)
  expect(statuses.filter((status) => status === 429)).toHaveLength(20)
})

test('a login holds for thirty days from its last use', async () => {
  const clock = new TestClock()
  await using fixture = await startGatewayFixture({ gateway: { clock } })
  const cookie = await fixture.logIn()
  clock.nowMs += 29 * DAY_MS
  const answer = await fixture.fetch('/api/login', { headers: { cookie } })
  // The browser's thirty days move on, too; the same secret.
  expect(answer.headers.getSetCookie()[0]).toContain(`${cookie}; Max-Age=2592000`)
  expect(
    (await fixture.fetch('/api/login', { headers: { cookie } })).headers.getSetCookie(),
  ).toEqual([])
  clock.nowMs += 29 * DAY_MS
  expect(await isLoggedIn(fixture, cookie)).toBe(true)
  clock.nowMs += 31 * DAY_MS
  expect(await isLoggedIn(fixture, cookie)).toBe(false)
})

test('gateways on one state share token, name and logins, and take logins back from each other', async () => {
  await using fixture = await startGatewayFixture({ gateway: { pingIntervalMs: 100 } })
  const first = fixture.gateway
  const cookie = await fixture.logIn()
  const second = await fixture.start()
  expect(second.token).toBe(first.token)
  expect(second.link.replace(`${second.address.port}`, '')).toBe(
    first.link.replace(`${first.address.port}`, ''),
  )
  expect(await isLoggedIn(fixture, cookie)).toBe(true)
  const origin = `http://127.0.0.1:${first.address.port}`
  const viewer = new WebSocket(`${origin}/ws`, ['limpet.v1'], { headers: { cookie, origin } })
  await within('the upgrade', once(viewer, 'open'))
  const closed = once(viewer, 'close')
  const answer = await fixture.fetch('/api/logout', {
    method: 'POST',
    headers: { cookie, origin: fixture.origin },
  })
  expect(answer.status).toBe(204)
  expect(answer.headers.getSetCookie()[0]).toMatch(/^limpet-\w+=; Max-Age=0; Path=\/; HttpOnly/)
  expect((await within('the end of the connection', closed))[0]).toBe(4401)
  expect(await isLoggedIn(fixture, cookie)).toBe(false)
  expect((await fetch(`${origin}/api/login`, { headers: { cookie } })).status).toBe(401)
})

test('logging out ends the connections of that login at once, and no others', async () => {
  await using fixture = await startGatewayFixture()
  const [leaving, staying] = [await fixture.logIn(), await fixture.logIn()]
  const { origin } = fixture
  const open = async (cookie: string): Promise<WebSocket> => {
    const headers = { cookie, origin }
    return fixture.webSocket('/ws', ['limpet.v1'], { headers })
  }
  const [first, second] = [await open(leaving), await open(staying)]
  const closed = once(first, 'close')
  await fixture.fetch('/api/logout', { method: 'POST', headers: { cookie: leaving, origin } })
  expect((await within('the end of the connection', closed))[0]).toBe(4401)
  second.send('{"jsonrpc":"2.0","id":1,"method":"link.ping"}')
  await within('an answer', once(second, 'message'))
  expect(await isLoggedIn(fixture, staying)).toBe(true)
  second.terminate()
})

test('a browser stays logged in when its gateway is killed and started again', async () => {
  await using limpet = await startLimpet()
  const origin = limpet.url.replace(/\/$/, '')
  const answer = await fetch(`${origin}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ token: limpet.token }),
  })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const status = async (): Promise<number> =>
    (await fetch(`${origin}/api/login`, { headers: { cookie } })).status
  expect(await status()).toBe(200)
  await limpet.killGateway()
  await limpet.restartGateway()
  expect(await status()).toBe(200)
})

test('a token file that others may read is refused, and so is one that holds no token', async () => {
  await using fixture = await startGatewayFixture()
  const { tokenPath } = fixture.gateway
  await chmod(tokenPath, 0o644)
  await expect(fixture.start()).rejects.toMatchObject({ code: 'DIRECTORY_UNSAFE' })
  await chmod(tokenPath, 0o600)
  await writeFile(tokenPath, 'short')
  await expect(fixture.start()).rejects.toMatchObject({ code: 'DIRECTORY_UNSAFE' })
})

test('a file of logins that is broken lets nobody in, keeps nobody out, and is made anew', async () => {
  await using fixture = await startGatewayFixture()
  const cookie = await fixture.logIn()
  const path = join(fixture.scratch.stateDirectory, 'logins.json')
  await writeFile(path, '{"logins":[{"hash":"x"},null,7')
  expect(await isLoggedIn(fixture, cookie)).toBe(false)
  expect(await isLoggedIn(fixture, await fixture.logIn())).toBe(true)
})

test('when logins cannot be read, public routes are served and all others refused', async () => {
  await using fixture = await startGatewayFixture()
  const cookie = await fixture.logIn()
  await chmod(join(fixture.scratch.stateDirectory, 'logins.json'), 0o666)
  const healthz = await fixture.fetch('/healthz', { headers: { cookie } })
  expect(healthz.status).toBe(200)
  const guarded = await fixture.fetch('/api/login', { headers: { cookie } })
  expect(guarded.status).toBeGreaterThanOrEqual(400)
  const upgrade = await fixture.upgrade('/ws', [`Cookie: ${cookie}`, `Origin: ${fixture.origin}`])
  expect(upgrade.status).toBeGreaterThanOrEqual(400)
})

test('many logins at once are all kept', async () => {
  await using fixture = await startGatewayFixture()
  await fixture.start()
  const cookies = await Promise.all(Array.from({ length: 20 }, () => fixture.logIn()))
  expect(new Set(cookies).size).toBe(20)
  for (const cookie of cookies) expect(await isLoggedIn(fixture, cookie)).toBe(true)
})

test('no secret is ever logged, whatever goes wrong', async () => {
  await using fixture = await startGatewayFixture()
  const cookie = await fixture.logIn()
  const { token } = fixture.gateway
  await tryToken(fixture, token)
  await tryToken(fixture, `${token}x`)
  await fixture.fetch(`/${token}`, { headers: { cookie } })
  await fixture.fetch(`/?token=${token}`)
  await fixture.raw([`GET /${token}`, `Cookie: ${cookie}`])
  await fixture.upgrade('/ws', [`Sec-WebSocket-Protocol: bearer.${token}`])
  const socket = await fixture.webSocket('/ws', ['limpet.v1', `bearer.${token}`])
  socket.send(token)
  await within('the answer', once(socket, 'message'))
  socket.terminate()
  await fixture.endHost('SIGKILL')
  await fixture.gateway.close()
  const [, secret = ''] = cookie.split('=')
  expect(fixture.log).toContain('logged in')
  expect(fixture.log).not.toContain(token)
  expect(fixture.log).not.toContain(secret)
})
