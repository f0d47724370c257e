// Tests the one door of a running gateway over real sockets: every route and upgrade, the page, what is broken.
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { ROUTES } from '@limpet/gateway'
import { makeScratch, within } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { refusal, startGatewayFixture, type RawAnswer } from './gateway/gateway-fixture.ts'

test('public routes are exactly the page, its assets, the login POSTs and /healthz', () => {
  const open = ROUTES.filter(({ access }) => access === 'public')
  expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /',
    'GET /*',
    'GET /healthz',
    'POST /api/login',
    'GET /s/:share/',
    'GET /s/:share/*',
    'POST /s/:share/api/login',
  ])
  const upgrades = ROUTES.filter(({ isUpgrade }) => isUpgrade)
  expect(upgrades.map(({ path }) => path)).toEqual(['/ws', '/s/:share/ws'])
  // Nothing below a share is the owner's, nothing elsewhere a guest's.
  for (const { path, access } of ROUTES) {
    expect([path, access]).not.toEqual([path, path.startsWith('/s/') ? 'login' : 'share'])
  }
})

/** A path that this route serves, if what it names were there. */
function plainPath(path: string): string {
  return path
    .replace('*', 'minimal-page/')
    .replace(':share', '0123456789abc')
    .replace(':session', '000g40o40k30e209185go38e1s')
}

test('every other route answers 401 without a login, and so does what is not there', async () => {
  await using fixture = await startGatewayFixture()
  const guarded = ROUTES.filter(({ access }) => access !== 'public')
  expect(guarded.length).toBeGreaterThan(12)
  const nowhere = [
    '/nope',
    '/api',
    '/assets/nope.js',
    '/nope.png',
    '/..%2f',
    '/%zz',
    '//ws',
    '/WS',
    '/ws/',
    '/s/',
    '/s/0123456789abc',
    '/s/0123456789abc/nope',
    '/s/..%2f/ws',
    '/s/UPPERCASE0000/ws',
  ]
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']
  const requests = [
    ...guarded.map(({ method, path }) => ({ method, path: plainPath(path) })),
    ...methods.flatMap((method) => nowhere.map((path) => ({ method, path }))),
    { method: 'POST', path: '/' },
    { method: 'POST', path: '/healthz' },
    { method: 'DELETE', path: '/api/login' },
  ]
  for (const { method, path } of requests) {
    const host = `Host: 127.0.0.1:${fixture.port}`
    const answer = await fixture.raw([`${method} ${path} HTTP/1.1`, host])
    const what = `${method} ${path}`
    // HEAD has no body that could say more.
    const said = method === 'HEAD' ? `${answer.status} UNAUTHENTICATED` : refusal(answer)
    expect([what, said]).toEqual([what, '401 UNAUTHENTICATED'])
  }
})

test('every upgrade without a login answers 401, wherever it goes', async () => {
  await using fixture = await startGatewayFixture()
  for (const path of [
    '/ws',
    '/ws?gather=1',
    '/',
    '/healthz',
    '/api/login',
    '/examples/',
    '/nope',
    '/WS',
    '/s/0123456789abc/',
    '/s/0123456789abc/ws',
    '/s/0123456789abc/api/login',
  ]) {
    for (const headers of [
      [],
      [`Origin: ${fixture.origin}`],
      ['Authorization: Bearer wrong'],
      ['Sec-WebSocket-Protocol: limpet.v1, bearer.wrong'],
      [`Cookie: limpet-00000000=${fixture.gateway.token}`, `Origin: ${fixture.origin}`],
    ]) {
      const answer = await fixture.upgrade(path, headers)
      expect([path, headers, refusal(answer)]).toEqual([path, headers, '401 UNAUTHENTICATED'])
    }
  }
})

test('who is logged in learns what is not there, and what speaks WebSocket only', async () => {
  await using fixture = await startGatewayFixture()
  const ask = async (path: string): Promise<string> => {
    const answer = await fixture.fetch(path, { headers: fixture.bearer })
    const { error } = (await answer.json()) as { error: { code: string } }
    return `${answer.status} ${error.code}`
  }
  expect(await ask('/nope')).toBe('404 METHOD_NOT_FOUND')
  expect(await ask('/%zz')).toBe('404 METHOD_NOT_FOUND')
  expect(await ask('/examples/nope')).toBe('404 METHOD_NOT_FOUND')
  expect(await ask('/examples/..%2f..%2fpackage.json')).toBe('404 METHOD_NOT_FOUND')
  expect(await ask('/examples/.hidden')).toBe('404 METHOD_NOT_FOUND')
  expect(await ask('/ws')).toBe('426 PROTOCOL_UNSUPPORTED')
  const { authorization } = fixture.bearer
  const upgrade = await fixture.upgrade('/nope', [`Authorization: ${authorization}`])
  expect(refusal(upgrade)).toBe('404 METHOD_NOT_FOUND')
})

test('broken requests answer 400 and disturb nobody', async () => {
  await using fixture = await startGatewayFixture()
  const host = `Host: 127.0.0.1:${fixture.port}`
  expect(refusal(await fixture.raw(['NONSENSE']))).toBe('400 MESSAGE_MALFORMED')
  expect(refusal(await fixture.raw(['GET / HTTP/1.1', host, `X: ${'x'.repeat(20_000)}`]))).toBe(
    '413 FRAME_TOO_LARGE',
  )
  const post = (type: string, body: string): Promise<RawAnswer> =>
    fixture.raw(
      ['POST /api/login HTTP/1.1', host, `Content-Type: ${type}`, `Content-Length: ${body.length}`],
      body,
    )
  expect(refusal(await post('application/json', '{"token":'))).toBe('400 MESSAGE_MALFORMED')
  expect(refusal(await post('application/json', '{"__proto__":{"a":1}}'))).toBe(
    '400 MESSAGE_MALFORMED',
  )
  expect(refusal(await post('application/json', '{"token":1}'))).toBe('400 PARAMETERS_INVALID')
  expect(refusal(await post('application/json', '[]'))).toBe('400 PARAMETERS_INVALID')
  expect(refusal(await post('text/plain', '{"token":"x"}'))).toBe('400 MESSAGE_MALFORMED')
  expect(refusal(await post('application/json', `"${'x'.repeat(20_000)}"`))).toBe(
    '413 FRAME_TOO_LARGE',
  )
  expect((await fixture.fetch('/healthz')).status).toBe(200)
})

test('an upgrade that is no WebSocket answers 400, and an unknown dialect 426', async () => {
  await using fixture = await startGatewayFixture()
  const bearer = `Authorization: ${fixture.bearer.authorization}`
  const host = `Host: 127.0.0.1:${fixture.port}`
  const start = ['GET /ws HTTP/1.1', host, bearer, 'Connection: Upgrade']
  expect(refusal(await fixture.raw([...start, 'Upgrade: h2c']))).toBe('400 MESSAGE_MALFORMED')
  expect(refusal(await fixture.raw([...start, 'Upgrade: websocket']))).toBe('400 MESSAGE_MALFORMED')
  for (const offer of ['tty', 'limpet.v99', `bearer.${fixture.gateway.token}`]) {
    const answer = await fixture.upgrade('/ws', [`Sec-WebSocket-Protocol: ${offer}`, bearer])
    expect(refusal(answer)).toBe('426 PROTOCOL_UNSUPPORTED')
    expect(answer.head + answer.body).not.toContain(fixture.gateway.token)
  }
})

test('a token offered as a subprotocol opens the connection and is never echoed', async () => {
  await using fixture = await startGatewayFixture()
  for (const dialect of ['limpet.v1', 'limpet.run.v1']) {
    const { status, head } = await fixture.upgrade('/ws', [
      `Sec-WebSocket-Protocol: bearer.${fixture.gateway.token}, ${dialect}`,
      `Origin: ${fixture.origin}`,
    ])
    expect(status).toBe(101)
    expect(/sec-websocket-protocol: (.*)/i.exec(head)?.[1]).toBe(dialect)
    expect(head).not.toContain(fixture.gateway.token)
    expect(head).not.toMatch(/sec-websocket-extensions/i)
  }
})

test('the built page and its files are public, hashed ones are kept by browsers, nothing else is', async () => {
  const scratch = await makeScratch()
  const pageDirectory = join(scratch.home, 'page')
  await mkdir(join(pageDirectory, 'assets'), { recursive: true })
  await writeFile(join(pageDirectory, 'index.html'), '<!doctype html><title>Limpet</title>')
  await writeFile(join(pageDirectory, 'icon.svg'), '<svg/>')
  await writeFile(join(pageDirectory, '.env'), 'SECRET=1')
  await writeFile(join(pageDirectory, 'assets/index-B2x9Lk3q.js'), 'hello')
  await using fixture = await startGatewayFixture({ gateway: { pageDirectory } })
  const get = async (path: string): Promise<[number, string | null, string | null]> => {
    const { status, headers } = await fixture.fetch(path)
    return [status, headers.get('content-type'), headers.get('cache-control')]
  }
  const html = 'text/html; charset=utf-8'
  expect(await get('/')).toEqual([200, html, 'no-store'])
  expect(await get('/index.html')).toEqual([200, html, 'no-store'])
  expect(await get('/icon.svg')).toEqual([200, 'image/svg+xml', 'no-store'])
  expect(await get('/assets/index-B2x9Lk3q.js')).toEqual([
    200,
    'application/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
  ])
  for (const path of [
    '/.env',
    '/assets',
    '/assets/',
    '/%2eenv',
    '/assets/..%2findex.html',
    '/./index.html',
  ]) {
    const answer = await fixture.raw([`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${fixture.port}`])
    expect([path, refusal(answer)]).toEqual([path, '401 UNAUTHENTICATED'])
  }
  const head = await fixture.fetch('/', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  await scratch.remove()
})

test('every answer carries the headers that protect the page', async () => {
  await using fixture = await startGatewayFixture()
  const { headers } = await fixture.fetch('/healthz')
  const host = `127.0.0.1:${fixture.port}`
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
      "img-src 'self' data: blob:; font-src 'self'; " +
      `connect-src 'self' ws://${host}; worker-src 'self' blob:; manifest-src 'self'; frame-src 'self'; ` +
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  )
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
  expect(headers.get('permissions-policy')).toContain('camera=()')
  expect(headers.get('cache-control')).toBe('no-store')
  expect([...headers.keys()].filter((name) => /access-control|server|powered/.test(name))).toEqual(
    [],
  )
})

test('requests whose heads never end are dropped after 5 s, and others are answered meanwhile', async () => {
  await using fixture = await startGatewayFixture()
  const startedMs = performance.now()
  const halfOpen = Array.from({ length: 50 }, () => connect(fixture.port, '127.0.0.1'))
  const closed = halfOpen.map(async (socket) => {
    socket.resume()
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX: never')
    await once(socket, 'close')
  })
  expect((await fixture.fetch('/healthz')).status).toBe(200)
  await within('the end of half-open requests', Promise.all(closed))
  const tookMs = performance.now() - startedMs
  expect(tookMs).toBeGreaterThan(4000)
  expect(tookMs).toBeLessThan(9000)
})

test('the example page is served to who is logged in, with its script, and found without its slash', async () => {
  await using fixture = await startGatewayFixture()
  const headers = { cookie: await fixture.logIn() }
  const page = await fixture.fetch('/examples/minimal-page/', { headers })
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(await page.text()).toContain('<script src="script.js" defer></script>')
  const script = await fixture.fetch('/examples/minimal-page/script.js', { headers })
  expect([script.status, script.headers.get('cache-control')]).toEqual([200, 'no-store'])
  const bare = await fixture.fetch('/examples/minimal-page', { headers })
  expect([bare.status, bare.headers.get('location')]).toEqual([308, 'minimal-page/'])
})
