// Owns those who come to a gateway in tests: its owner, and guests by shares.
import type { GatewayFixture } from './gateway-fixture.ts'
import { RawClient } from './raw-client.ts'

export interface Shared {
  readonly id: string
  readonly secret: string
  readonly session: string
  readonly path: string
}

export async function owner(fixture: GatewayFixture): Promise<RawClient> {
  return new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
}

export async function startCat(client: RawClient): Promise<string> {
  const answer = await client.ask('program.start', { program: 'exec', argv: ['cat'] })
  return (answer.result as { session: { id: string } }).session.id
}

export async function share(
  client: RawClient,
  session: string,
  wish: object = {},
): Promise<Shared> {
  const { result, error } = await client.ask('share.create', { session, ...wish })
  if (result === undefined) throw new Error(JSON.stringify(error))
  const { share: info, path } = result as { share: { id: string }; path: string }
  const secret = path.slice(path.indexOf('#') + 1)
  return { id: info.id, secret, session, path: `/s/${info.id}/` }
}

/** Logs in as the page of a share does. @returns status and Set-Cookie */
export async function enter(
  fixture: GatewayFixture,
  { path }: Pick<Shared, 'path'>,
  secret: string,
): Promise<{ status: number; setCookie: string }> {
  const answer = await fixture.fetch(`${path}api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: fixture.origin },
    body: JSON.stringify({ token: secret }),
  })
  return { status: answer.status, setCookie: answer.headers.getSetCookie()[0] ?? '' }
}

export async function cookieOf(fixture: GatewayFixture, shared: Shared): Promise<string> {
  const { setCookie } = await enter(fixture, shared, shared.secret)
  return setCookie.split(';')[0] ?? ''
}

export async function guest(fixture: GatewayFixture, { path, secret }: Shared): Promise<RawClient> {
  const headers = { authorization: `Bearer ${secret}` }
  return new RawClient(await fixture.webSocket(`${path}ws`, ['limpet.v1'], { headers }))
}

/** Turned by the test. */
export class TestClock {
  nowMs = Date.now()
  wallMs(): number {
    return this.nowMs
  }
  steadyMs(): number {
    return this.nowMs
  }
}
