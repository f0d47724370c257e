// Tests shares: what they give and what they do not, for how long, and that the house of a share and that of the
// owner have nothing in common. Walks the whole route table with every kind of visitor.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ROUTES, type Route } from '@limpet/gateway'
import { waitFor } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { startGatewayFixture, type GatewayFixture } from './gateway/gateway-fixture.ts'
import { cookieOf, enter, guest, owner, share, startCat, TestClock } from './gateway/visitors.ts'

const DAY_MS = 24 * 60 * 60 * 1000

test('a share is a link with a secret that is kept nowhere, for one session, for a day', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const session = await startCat(client)
  const { result } = await client.ask('share.create', { session, name: 'Ada' })
  const {
    share: info,
    path,
    link,
  } = result as Record<'path' | 'link', string> & {
    share: Record<string, unknown>
  }
  const now = Date.now()
  expect(info).toMatchObject({ session, role: 'viewer', name: 'Ada' })
  expect(Math.abs(Number(info['expiresAt']) - now - DAY_MS)).toBeLessThan(60_000)
  expect(path).toMatch(/^s\/[0-9a-v]{13}\/#[\w-]{43}$/)
  expect(link).toMatch(/^http:\/\/limpet-[0-9a-f]{8}\.localhost:\d+\/s\/[0-9a-v]{13}\/#[\w-]{43}$/)
  expect(link.endsWith(path)).toBe(true)
  const file = join(fixture.scratch.stateDirectory, 'shares.json')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const secret = path.slice(path.indexOf('#') + 1)
  expect(await readFile(file, 'utf8')).not.toContain(secret)
  expect(fixture.log).not.toContain(secret)
  expect((await client.ask('share.list')).result).toEqual({ shares: [info] })
  const unknown = { session: '000g40o40k30e209185go38e1s' }
  expect(await client.refusal('share.create', unknown)).toBe('SESSION_NOT_FOUND')
  expect((await client.ask('share.list', unknown)).result).toEqual({ shares: [] })
})

test('whoever comes by a share sees that session and no other, and does what its role says', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const session = await startCat(client)
  const other = await startCat(client)
  using viewer = await guest(fixture, await share(client, session, { name: 'Ada' }))
  using typist = await guest(fixture, await share(client, session, { role: 'operator' }))
  for (const [who, rights] of [
    [viewer, ['view']],
    [typist, ['view', 'type']],
  ] as const) {
    expect((await who.ask('program.list')).result).toMatchObject({ programs: [], rights, session })
    const listed = (await who.ask('session.list')).result as { sessions: { id: string }[] }
    expect(listed.sessions.map(({ id }) => id)).toEqual([session])
    const view = { attachment: 7, client: '0'.repeat(31) + rights.length }
    expect((await who.ask('session.attach', { session, from: 'start', view })).error).toBe(
      undefined,
    )
    const elsewhere = { session: other, from: 'start', view: { ...view, attachment: 8 } }
    expect(await who.refusal('session.attach', elsewhere)).toBe('SESSION_NOT_FOUND')
    for (const [method, params] of [
      ['host.status', {}],
      ['host.stop', {}],
      ['share.create', { session }],
      ['share.list', {}],
      ['share.revoke', { share: '0123456789abc' }],
    ] as const) {
      expect([method, await who.refusal(method, params)]).toEqual([method, 'FORBIDDEN'])
    }
    const start = { program: 'exec', argv: ['true'] }
    expect(await who.refusal('program.start', start)).not.toBe('not refused')
  }
  expect(await viewer.refusal('session.rename', { session, name: 'x' })).toBe('FORBIDDEN')
  expect(await viewer.refusal('session.kill', { session })).toBe('FORBIDDEN')
  const harmless = { session, signal: 'SIGCONT' }
  expect(await viewer.refusal('session.signal', harmless)).toBe('FORBIDDEN')
  expect(await typist.refusal('session.signal', harmless)).toBe('not refused')
  expect(await typist.refusal('session.signal', { ...harmless, session: other })).toBe(
    'SESSION_NOT_FOUND',
  )
  // The others read the name that the share was given.
  const mine = { session, from: 'end', view: { attachment: 1, client: 'f'.repeat(32) } }
  const { viewers } = (await client.ask('session.attach', mine)).result as {
    viewers: { name: string; canType: boolean }[]
  }
  expect(viewers).toMatchObject([{ name: 'Ada', canType: false }, { canType: true }, {}])
})

/** A request or upgrade to a route, by somebody. @returns 401, or "let in" */
async function tryRoute(
  fixture: GatewayFixture,
  { method, isUpgrade }: Route,
  path: string,
  headers: readonly string[],
): Promise<string> {
  const host = `Host: 127.0.0.1:${fixture.port}`
  const origin = `Origin: ${fixture.origin}`
  const { status } = isUpgrade
    ? await fixture.upgrade(path, [...headers, origin, 'Sec-WebSocket-Protocol: limpet.v1'])
    : await fixture.raw([`${method} ${path} HTTP/1.1`, host, origin, ...headers])
  return status === 401 ? '401' : 'let in'
}

test('every route and upgrade lets in exactly whom the table says, of all kinds of visitors', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const one = await share(client, await startCat(client))
  const two = await share(client, await startCat(client), { role: 'operator' })
  const cookies = {
    owner: await fixture.logIn(),
    one: await cookieOf(fixture, one),
    two: await cookieOf(fixture, two),
  }
  const [nameOfOne = '', valueOfOne = ''] = cookies.one.split('=')
  const visitors: Readonly<Record<string, { isOwner?: true; isGuest?: true; shown: string[] }>> = {
    nobody: { shown: [] },
    'the owner by token': {
      isOwner: true,
      shown: [`Authorization: Bearer ${fixture.gateway.token}`],
    },
    'the owner by cookie': { isOwner: true, shown: [`Cookie: ${cookies.owner}`] },
    'a guest by secret': { isGuest: true, shown: [`Authorization: Bearer ${one.secret}`] },
    'a guest by cookie': { isGuest: true, shown: [`Cookie: ${cookies.one}`] },
    'a guest of another share by cookie': { shown: [`Cookie: ${cookies.two}`] },
    'a guest of another share by secret': { shown: [`Authorization: Bearer ${two.secret}`] },
    'one who gives the cookie another name': {
      shown: [`Cookie: ${cookies.owner.split('=')[0]}=${valueOfOne}`],
    },
    'one who gives the cookie of the owner another name': {
      shown: [`Cookie: ${nameOfOne}=${cookies.owner.split('=')[1]}`],
    },
    'one with both cookies': {
      isOwner: true,
      isGuest: true,
      shown: [`Cookie: ${cookies.owner}; ${cookies.one}`],
    },
  }
  for (const route of ROUTES) {
    const path = route.path
      .replace('*', 'minimal-page/')
      .replace(':share', one.id)
      .replace(':session', one.session)
    for (const [who, { isOwner, isGuest, shown }] of Object.entries(visitors)) {
      const isKnown = route.access === 'login' ? isOwner : isGuest
      // Logging out would end what the others show.
      if (isKnown && route.path.endsWith('logout')) continue
      // What is not built is nowhere: 401 to who is nobody there.
      if (route.handler === 'pageFile') continue
      const expected = route.access === 'public' || isKnown ? 'let in' : '401'
      const seen = await tryRoute(fixture, route, path, shown)
      expect([route.path, who, seen]).toEqual([route.path, who, expected])
    }
  }
})

test('the cookie of a share is for scripts of no one and for its own path alone', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const shared = await share(client, await startCat(client), { forMs: 3_600_000 })
  expect((await enter(fixture, shared, fixture.gateway.token)).status).toBe(401)
  const { status, setCookie } = await enter(fixture, shared, shared.secret)
  expect(status).toBe(200)
  expect(setCookie).toMatch(
    new RegExp(
      `^limpet-[0-9a-f]{8}-${shared.id}=[\\w-]{43}; Max-Age=3[56]\\d\\d; Path=/s/${shared.id}/; HttpOnly; SameSite=Strict$`,
    ),
  )
  const cookie = setCookie.split(';')[0] ?? ''
  const answer = await fixture.fetch(`${shared.path}api/login`, { headers: { cookie } })
  expect(await answer.json()).toEqual({
    principal: `share:${shared.id}`,
    role: 'viewer',
    rights: ['view'],
    session: shared.session,
  })
  // Guessing is limited as the owner's login is.
  for (let i = 0; i < 9; i += 1) {
    expect((await enter(fixture, shared, `wrong${i}`)).status).toBe(401)
  }
  expect((await enter(fixture, shared, 'wrong')).status).toBe(429)
})

test('revoking lets everybody out within two seconds, also by way of another gateway', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const session = await startCat(client)
  const here = await share(client, session)
  const there = await share(client, session)
  using first = await guest(fixture, here)
  using second = await guest(fixture, there)
  const poll = fixture.fetch(`${there.path}api/sessions/${session}/output?waitMs=30000`, {
    headers: { authorization: `Bearer ${there.secret}` },
  })
  await client.ask('share.revoke', { share: here.id })
  expect(await first.closed()).toEqual({ code: 4401, reason: 'the share has ended' })
  expect(await client.refusal('share.revoke', { share: here.id })).toBe('SHARE_NOT_FOUND')
  await fixture.start()
  using elsewhere = await owner(fixture)
  const startedMs = performance.now()
  await elsewhere.ask('share.revoke', { share: there.id })
  expect((await second.closed()).code).toBe(4401)
  expect((await poll).status).toBe(401)
  expect(performance.now() - startedMs).toBeLessThan(2000)
  expect((await enter(fixture, there, there.secret)).status).toBe(401)
})

test('a share that expires lets everybody out, and its link opens nothing', async () => {
  const clock = new TestClock()
  await using fixture = await startGatewayFixture({ gateway: { clock } })
  using client = await owner(fixture)
  const shared = await share(client, await startCat(client), { forMs: 60_000 })
  const cookie = await cookieOf(fixture, shared)
  using visitor = await guest(fixture, shared)
  clock.nowMs += 59_000
  expect((await visitor.ask('link.ping')).result).toEqual({})
  clock.nowMs += 1001
  expect((await visitor.closed()).code).toBe(4401)
  const answer = await fixture.fetch(`${shared.path}api/login`, { headers: { cookie } })
  expect(answer.status).toBe(401)
  expect((await client.ask('share.list')).result).toEqual({ shares: [] })
})

test('the shares of a removed session are forgotten, those of others stay', async () => {
  await using fixture = await startGatewayFixture()
  using client = await owner(fixture)
  const gone = await startCat(client)
  const kept = await share(client, await startCat(client))
  await share(client, gone)
  await client.ask('session.kill', { session: gone, force: true })
  await waitFor('the end', async () => {
    return (await client.refusal('session.remove', { session: gone })) === 'not refused'
  })
  const file = join(fixture.scratch.stateDirectory, 'shares.json')
  await client.ask('share.list')
  const { shares } = JSON.parse(await readFile(file, 'utf8')) as { shares: { id: string }[] }
  expect(shares.map(({ id }) => id)).toEqual([kept.id])
})
