// F44: two hosts, or two gateways, on one state directory. The second one never harms the first.

import {
  leakCheck,
  recordFigure,
  ServerProcess,
  startHost,
  startLimpet,
  waitFor,
  within,
} from '@limpet/testkit'
import { once } from 'node:events'
import { connect } from '@limpet/client'
import { expect, test } from 'vitest'

/** sysexits.h: somebody else has it at the moment. */
const TEMPORARY_FAILURE = 75
const MAX_REFUSAL_MS = 1000
const SECONDS = 5

test('F44: a second host on the state directory ends with 75 at once, and the first is unharmed', async () => {
  await using host = await startHost()
  using link = await host.link()
  const leaks = leakCheck(host)
  await link.request('session.open', {
    plan: host.plan(['cat'], { lifetime: 'client' }),
    view: host.view(1),
  })
  const timesMs: number[] = []
  for (let round = 1; round <= SECONDS; round += 1) {
    const startedMs = performance.now()
    const second = host.spawn()
    await within('the end of the second host', once(second.child, 'exit'))
    timesMs.push(performance.now() - startedMs)
    expect([second.child.exitCode, second.transcript()]).toEqual([
      TEMPORARY_FAILURE,
      expect.stringContaining('host.already-running'),
    ])
    link.input({ attachment: 1, sequence: round, bytes: `${round}\n` })
    await link.until('the echo', () => link.outputOf(1).endsWith(`${round}\n`))
    // Its socket is still the one that is found.
    using fresh = await host.link()
    await fresh.request('link.ping', {})
  }
  expect(Math.min(...timesMs)).toBeLessThan(MAX_REFUSAL_MS)
  expect((await link.request('host.status', {})).running).toBe(1)
  const { sessions } = await link.request('session.list', {})
  for (const { id } of sessions) await link.request('session.kill', { session: id, force: true })
  await link.exitOf(1)
  for (const { id } of sessions) await link.request('session.remove', { session: id })
  await leaks.expectNone()
  recordFigure(
    'F44',
    `${SECONDS} times exit ${TEMPORARY_FAILURE} after ${Math.min(...timesMs).toFixed(0)}–${Math.max(...timesMs).toFixed(0)} ms, the first goes on`,
    'hosts',
  )
})

test('F44: two gateways share one host; one that ends leaves the other and the sessions alone', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const leaks = leakCheck(limpet)
  const session = await client.open({ argv: ['cat'] })
  const second = new ServerProcess({
    program: 'packages/cli/dist/main.js',
    args: [
      'serve',
      '--ready-json',
      ...['--listen', '127.0.0.1:0'],
      ...['--state-dir', limpet.stateDirectory, '--runtime-dir', limpet.runtimeDirectory],
    ],
    environment: limpet.environment,
  })
  try {
    const line = await waitFor('the ready line', () => /^\{.*\}\n/.exec(second.stdout)?.[0], {
      transcript: second.transcript,
    })
    const ready = JSON.parse(line) as { url: string; token: string; hostPid: number } // our own
    expect([ready.token, ready.hostPid]).toEqual([limpet.token, limpet.hostPid])
    const url = `http://127.0.0.1:${new URL(ready.url).port}/`
    const other = await connect(url, { token: ready.token, reconnect: false })
    const seen = await other.attach(session.id)
    await session.write('to both\n')
    for (const viewer of [session, seen]) expect(await firstOutput(viewer)).toBe('to both\n')
    await second.end('SIGKILL')
    await session.write('to one\n')
    expect(await firstOutput(session)).toBe('to one\n')
    await other.close()
  } finally {
    await second.end('SIGKILL')
  }
  await session.close()
  await client.request('session.remove', { session: session.id })
  await leaks.expectNone()
  recordFigure(
    'F44',
    'both serve the same session; after SIGKILL of one the other echoes on',
    'gateways',
  )
})

test('F44: a second gateway on the same port says so and ends, and the first serves on', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const second = new ServerProcess({
    program: 'packages/cli/dist/main.js',
    args: [
      'serve',
      ...['--listen', new URL(limpet.url).host],
      ...['--state-dir', limpet.stateDirectory, '--runtime-dir', limpet.runtimeDirectory],
    ],
    environment: limpet.environment,
  })
  await within('the end of the second gateway', once(second.child, 'exit'), {
    transcript: second.transcript,
  })
  expect(second.child.exitCode).not.toBe(0)
  expect(second.transcript()).toContain('in use')
  expect((await client.run(['echo', 'still here'])).stdout).toBe('still here\n')
})

async function firstOutput(session: {
  readonly output: AsyncIterable<{ readonly type: string; readonly bytes?: Uint8Array }>
}): Promise<string> {
  for await (const record of session.output) {
    if (record.type === 'output') return Buffer.from(record.bytes ?? []).toString()
  }
  throw new Error('the session ended without output')
}
