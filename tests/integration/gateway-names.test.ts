// Tests under which names a gateway answers, to pages of which origins, and what a cookie or a token is worth there.
import { ROUTES } from '@limpet/gateway'
import { expect, test } from 'vitest'
import { refusal, startGatewayFixture, type RawAnswer } from './gateway/gateway-fixture.ts'

test('a Host that is not ours is refused on every route and upgrade', async () => {
  await using fixture = await startGatewayFixture()
  const authorization = `Authorization: ${fixture.bearer.authorization}`
  const names = [
    'rebind.test',
    '127.0.0.1.evil.test',
    'localhost.evil.test:PORT',
    'evillocalhost:PORT',
    'localhost.:PORT',
    'user@localhost:PORT',
    'localhost:PORT/evil.test',
    '192.168.1.5:PORT',
    '127.1:PORT',
    '[::2]:PORT',
    'l\u043ecalhost:PORT', // a Cyrillic o
    '',
  ].map((name) => name.replace('PORT', String(fixture.port)))
  for (const host of names) {
    for (const { method, path } of ROUTES) {
      const request = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, authorization]
      expect([host, refusal(await fixture.raw(request))]).toEqual([host, '421 HOST_NAME_REFUSED'])
    }
    const upgrade = await fixture.upgrade('/ws', [authorization], host)
    expect([host, refusal(upgrade)]).toEqual([host, '421 HOST_NAME_REFUSED'])
  }
  expect(fixture.log).not.toContain('evil')
})

test('loopback names with any port are ours: SSH forwarding changes it', async () => {
  await using fixture = await startGatewayFixture()
  const names = [
    'localhost',
    'LOCALHOST:1',
    'limpet-0a0b0c0d.localhost:99',
    '127.0.0.1:80',
    '127.3.2.1',
    '[::1]:7',
  ]
  for (const name of names) {
    const answer = await fixture.raw(['GET /healthz HTTP/1.1', `Host: ${name}`])
    expect([name, answer.status, answer.body]).toEqual([name, 200, '{"status":"ok"}'])
  }
})

test('a request target with a host of its own must name the same one, and two Hosts are one too many', async () => {
  await using fixture = await startGatewayFixture()
  const host = `127.0.0.1:${fixture.port}`
  const get = (target: string, ...hosts: string[]): Promise<RawAnswer> =>
    fixture.raw([`GET ${target} HTTP/1.1`, ...hosts.map((name) => `Host: ${name}`)])
  expect((await get(`http://${host}/healthz`, host)).status).toBe(200)
  expect(refusal(await get('http://rebind.test/healthz', host))).toBe('421 HOST_NAME_REFUSED')
  expect(refusal(await get(`http://${host}/healthz`, 'rebind.test'))).toBe('421 HOST_NAME_REFUSED')
  expect(refusal(await get('/healthz', host, 'rebind.test'))).toBe('400 MESSAGE_MALFORMED')
  expect(refusal(await get('/healthz', host, host))).toBe('400 MESSAGE_MALFORMED')
  expect(refusal(await get('*', host))).toBe('400 MESSAGE_MALFORMED')
})

test('forwarding headers change no verdict', async () => {
  await using fixture = await startGatewayFixture()
  const forged = [
    'X-Forwarded-Host: localhost',
    'Forwarded: host=localhost',
    'X-Forwarded-For: 127.0.0.1',
  ]
  const answer = await fixture.raw(['GET /healthz HTTP/1.1', 'Host: rebind.test', ...forged])
  expect(refusal(answer)).toBe('421 HOST_NAME_REFUSED')
})

test('an Origin that is not our own is refused, also with the token', async () => {
  await using fixture = await startGatewayFixture()
  const authorization = `Authorization: ${fixture.bearer.authorization}`
  const host = `Host: 127.0.0.1:${fixture.port}`
  const origins = [
    'https://127.0.0.1:PORT',
    'http://127.0.0.1:1',
    'http://127.0.0.1',
    'http://localhost:PORT',
    'http://a.127.0.0.1:PORT',
    'http://127.0.0.1:PORT.evil.test',
    'http://evil.test/127.0.0.1:PORT',
    'http://evil.test@127.0.0.1:PORT',
    'http://127.0.0.1:PORT/',
    'http://127.0.0.1:PORT, http://evil.test',
    'null',
    '',
    'file://',
    'chrome-extension://abcdefghijklmnop',
  ].map((origin) => `Origin: ${origin.replace('PORT', String(fixture.port))}`)
  for (const origin of origins) {
    for (const { method, path } of ROUTES) {
      const request = [`${method} ${path} HTTP/1.1`, host, origin, authorization]
      expect([origin, refusal(await fixture.raw(request))]).toEqual([origin, '403 ORIGIN_REFUSED'])
    }
    const upgrade = await fixture.upgrade('/ws', [origin, authorization])
    expect([origin, refusal(upgrade)]).toEqual([origin, '403 ORIGIN_REFUSED'])
  }
})

test('a cookie counts only beside our own Origin where something changes; a token counts with and without', async () => {
  await using fixture = await startGatewayFixture()
  const cookie = `Cookie: ${await fixture.logIn()}`
  const bearer = `Authorization: ${fixture.bearer.authorization}`
  const own = `Origin: ${fixture.origin}`
  const post = (...headers: string[]): Promise<RawAnswer> =>
    fixture.raw([
      'PUT /nope HTTP/1.1',
      `Host: 127.0.0.1:${fixture.port}`,
      'Content-Length: 0',
      ...headers,
    ])
  const status = async (answer: Promise<RawAnswer>): Promise<number> => (await answer).status
  expect(await status(fixture.upgrade('/ws', [cookie]))).toBe(401)
  expect(await status(fixture.upgrade('/ws', [cookie, own]))).toBe(101)
  expect(await status(fixture.upgrade('/ws', [bearer]))).toBe(101)
  expect(await status(fixture.upgrade('/ws', [bearer, own]))).toBe(101)
  expect(await status(post(cookie))).toBe(401)
  expect(await status(post(cookie, own))).toBe(404)
  expect(await status(post(bearer))).toBe(404)
  expect(await status(post(bearer, own))).toBe(404)
  // A password that a proxy before us asked for is none of our business.
  const basic = 'Authorization: Basic dXNlcjpwYXNz'
  expect(await status(fixture.upgrade('/ws', [cookie, own, basic]))).toBe(101)
  expect(await status(fixture.upgrade('/ws', [own, basic]))).toBe(401)
  // A wrong token is not mended by a cookie.
  expect(await status(fixture.upgrade('/ws', [cookie, own, 'Authorization: Bearer x']))).toBe(401)
  // What the browser itself says of the page that asks.
  expect(await status(fixture.upgrade('/ws', [cookie, own, 'Sec-Fetch-Site: cross-site']))).toBe(
    403,
  )
  expect(await status(fixture.upgrade('/ws', [cookie, own, 'Sec-Fetch-Site: same-site']))).toBe(403)
})

test('a token in the URL is refused, and written nowhere', async () => {
  await using fixture = await startGatewayFixture()
  const { token } = fixture.gateway
  for (const path of [`/?token=${token}`, `/ws?token=${token}`, `/nope?a=b&token=${token}`]) {
    const host = `Host: 127.0.0.1:${fixture.port}`
    expect(refusal(await fixture.raw([`GET ${path} HTTP/1.1`, host]))).toBe(
      '400 PARAMETERS_INVALID',
    )
  }
  expect(refusal(await fixture.upgrade(`/ws?token=${token}`, []))).toBe('400 PARAMETERS_INVALID')
  expect(fixture.log).not.toContain(token)
})

test('under a public URL its name, base path and scheme count, whether the proxy strips the path or not', async () => {
  const publicUrl = 'https://shell.example.org/base/'
  await using fixture = await startGatewayFixture({ config: { publicUrl } })
  expect(fixture.gateway.url).toBe(publicUrl)
  expect(fixture.gateway.link).toBe(`${publicUrl}#t=${fixture.gateway.token}`)
  const host = 'Host: shell.example.org'
  const origin = 'Origin: https://shell.example.org'
  const body = JSON.stringify({ token: fixture.gateway.token })
  for (const path of ['/base/api/login', '/api/login']) {
    const answer = await fixture.raw(
      [
        `POST ${path} HTTP/1.1`,
        host,
        origin,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
      ],
      body,
    )
    expect(answer.status).toBe(200)
    expect(answer.head).toMatch(
      /set-cookie: limpet-[0-9a-f]{8}=[\w-]{43}; Max-Age=2592000; Path=\/base\/; HttpOnly; Secure; SameSite=Strict/i,
    )
    expect(answer.head).toContain("connect-src 'self' wss://shell.example.org;")
  }
  const get = async (...lines: string[]): Promise<number> => (await fixture.raw(lines)).status
  expect(await get('GET /base/healthz HTTP/1.1', host)).toBe(200)
  expect(await get('GET /base/healthz HTTP/1.1', 'Host: shell.example.org:443')).toBe(200)
  expect(await get('GET /base/healthz HTTP/1.1', 'Host: shell.example.org:8443')).toBe(421)
  expect(await get('GET /healthz HTTP/1.1', host, 'Origin: http://shell.example.org')).toBe(403)
  expect(await get('GET /healthz HTTP/1.1', 'Host: localhost')).toBe(200)
})
