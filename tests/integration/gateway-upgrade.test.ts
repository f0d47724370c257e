// Tests that gateways come and go while sessions live: two on one host, and one of a newer build with a host of an
// older one.
import { connect, type Limpet } from '@limpet/client'
import { runningGateways } from '@limpet/gateway'
import { RawLink, startLimpet, waitFor } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { startGatewayFixture } from './gateway/gateway-fixture.ts'
import { RawClient } from './gateway/raw-client.ts'

async function stateOf(client: Limpet, id: string): Promise<string | undefined> {
  return (await client.sessions()).find((session) => session.id === id)?.state
}

test('two gateways on one host show the same sessions, and one that ends takes none with it', async () => {
  await using fixture = await startGatewayFixture()
  const first = fixture.gateway
  const second = await fixture.start()
  expect(second.hostPid).toBe(first.hostPid)
  await using one = await connect(first.url, { token: first.token })
  await using other = await connect(second.url, { token: second.token })
  const session = await one.open({ argv: ['cat'] })
  const elsewhere = await other.attach(session.id, { from: 'start' })
  await session.write('from the first\n')
  let seen = ''
  const reading = (async () => {
    for await (const record of elsewhere.output) {
      if (record.type === 'output') seen += Buffer.from(record.bytes).toString()
    }
  })()
  await waitFor('the echo at the other', () => seen === 'from the first\n')
  await first.close()
  expect(await stateOf(other, session.id)).toBe('running')
  await elsewhere.kill({ force: true })
  await reading
})

test('a gateway of another build takes over from the one before; programs and their output go on', async () => {
  await using limpet = await startLimpet()
  const { hostPid, stateDirectory } = limpet
  await using client = await limpet.connect()
  const shell = await client.open({ argv: ['bash', '--norc', '--noprofile'], tty: true })
  await shell.write('KEPT=value\n')
  await limpet.stopGateway()
  // The newer one: the same protocol, another build, on the same state.
  await using fixture = await startGatewayFixture({
    scratch: limpet.scratch,
    gateway: { build: '9.9.9-newer' },
  })
  expect(fixture.gateway.hostPid).toBe(hostPid)
  await using newer = await connect(fixture.origin, { token: fixture.gateway.token })
  expect((await newer.request('program.list', {})).build).toBe('9.9.9-newer')
  expect((await newer.request('host.status', {})).build).not.toBe('9.9.9-newer')
  const again = await newer.attach(shell.id, { from: 'start' })
  await again.write('echo "it is $KEPT"; exit\n')
  let seen = ''
  for await (const record of again.output) {
    if (record.type === 'output') seen += Buffer.from(record.bytes).toString()
  }
  expect(seen).toContain('it is value')
  using link = await RawLink.open(stateDirectory)
  expect((await link.request('host.status', {})).pid).toBe(hostPid)
})

test('gateways that run can be found, those that crashed cannot, and leave nothing', async () => {
  await using limpet = await startLimpet()
  const found = await runningGateways(limpet.stateDirectory)
  expect(found).toMatchObject([{ pid: limpet.pid, url: limpet.url }])
  expect(JSON.stringify(found)).not.toContain(limpet.token)
  await limpet.killGateway()
  expect(await runningGateways(limpet.stateDirectory)).toEqual([])
  await limpet.restartGateway()
  expect(await runningGateways(limpet.stateDirectory)).toMatchObject([{ pid: limpet.pid }])
  await limpet.stopGateway()
  expect(await runningGateways(limpet.stateDirectory)).toEqual([])
})

test('health is ok, and degraded while the host is gone', async () => {
  await using fixture = await startGatewayFixture()
  const health = async (): Promise<unknown> => (await fixture.fetch('/healthz')).json()
  expect(await health()).toEqual({ status: 'ok' })
  await fixture.endHost('SIGKILL')
  await waitFor('the report', async () => {
    const { reasons = [] } = (await health()) as { reasons?: string[] }
    return reasons.includes('host-gone')
  })
  // The next client starts a new one.
  using client = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  await client.ask('link.ping')
  await waitFor('health', async () => JSON.stringify(await health()) === '{"status":"ok"}')
})

test('a gateway whose event loop stood still says so', async () => {
  await using fixture = await startGatewayFixture()
  const endMs = performance.now() + 1500
  while (performance.now() < endMs); // the gateway runs in this very process
  await waitFor('the report', async () => {
    const report = (await (await fixture.fetch('/healthz')).json()) as { reasons?: string[] }
    return report.reasons?.includes('event-loop-lag')
  })
})
