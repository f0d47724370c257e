// Tests that the one decision fails closed: what cannot be decided is refused, and soon.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAuthorise, type Authorise } from '../../src/auth/authorise.ts'
import { HostNames } from '../../src/auth/host-names.ts'
import { Logins } from '../../src/auth/logins.ts'
import { Shares } from '../../src/auth/shares.ts'
import { loadToken } from '../../src/auth/token.ts'
import { systemClock } from '../../src/clock.ts'
import type { HasPageFile } from '../../src/route-table.ts'

let stateDirectory = ''
beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'limpet-authorise-'))
})
afterAll(() => rm(stateDirectory, { recursive: true }))

async function authoriseWith(hasPageFile: HasPageFile): Promise<Authorise> {
  return createAuthorise({
    hostNames: new HostNames({
      listen: { host: '127.0.0.1', port: 1 },
      isRemoteAllowed: false,
      publicUrl: undefined,
    }),
    basePath: '/',
    token: await loadToken(stateDirectory),
    logins: new Logins({ stateDirectory, clock: systemClock }),
    shares: new Shares({ stateDirectory, clock: systemClock }),
    identity: '0a1b2c3d',
    hasPageFile,
  })
}

function get(url: string, headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  const rawHeaders = Object.entries({ host: 'localhost', ...headers }).flat()
  // All that a decision looks at.
  return {
    method: 'GET',
    url,
    headers: { host: 'localhost', ...headers },
    rawHeaders,
  } as IncomingMessage
}

test('a check that hangs refuses within a second', async () => {
  const authorise = await authoriseWith(() => new Promise(() => {}))
  const startedMs = performance.now()
  await expect(authorise(get('/icon.svg'), 'request')).rejects.toMatchObject({ code: 'INTERNAL' })
  expect(performance.now() - startedMs).toBeLessThan(1500)
  expect(await authorise(get('/healthz'), 'request')).toMatchObject({ path: '/healthz' })
})

test('a check that throws refuses', async () => {
  const authorise = await authoriseWith(() => Promise.reject(new Error('the disk is gone')))
  await expect(authorise(get('/icon.svg'), 'request')).rejects.toThrow('the disk is gone')
})

test('logins that cannot be read refuse whoever needs one, and nobody else', async () => {
  const authorise = await authoriseWith(() => Promise.resolve(false))
  await writeFile(join(stateDirectory, 'logins.json'), '{}', { mode: 0o644 })
  const cookie = { cookie: 'limpet-0a1b2c3d=secret' }
  await expect(authorise(get('/api/login', cookie), 'request')).rejects.toMatchObject({
    code: 'DIRECTORY_UNSAFE',
  })
  const open = await authorise(get('/healthz', cookie), 'request')
  expect(open.principal).toBeUndefined()
})

test('a verdict holds the route, the path without the base and who asks', async () => {
  const authorise = await authoriseWith((path) => Promise.resolve(path === '/icon.svg'))
  const token = (await loadToken(stateDirectory)).reveal()
  const authorization = `Bearer ${token}`
  expect(await authorise(get('/ws?gather=1', { authorization }), 'upgrade')).toMatchObject({
    route: { path: '/ws', isUpgrade: true },
    query: 'gather=1',
    principal: { name: 'owner' },
  })
  expect((await authorise(get('/icon.svg'), 'request')).route?.handler).toBe('pageFile')
  expect((await authorise(get('/nope.svg', { authorization }), 'request')).route).toBeUndefined()
  await expect(authorise(get('/nope.svg'), 'request')).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  })
})
