// Many idle sessions: what each costs, and that one is attached to as fast as ever.

import { connect } from '@limpet/client'
import {
  inRound,
  leakCheck,
  recordFigure,
  residentBytes,
  startLimpet,
  waitFor,
  type LimpetFixture,
} from '@limpet/testkit'
import { expect, test } from 'vitest'

const SESSIONS = inRound(100, 1000)
const ATTACHES = 20
const MAX_ATTACH_MS = 50
const KIBIBYTE = 1024

/** The target of the design; a hundred sessions share what the first of them bring along with too few others. */
const MAX_SESSION_BYTES = inRound(200, 60) * KIBIBYTE

test(
  `${SESSIONS} idle sessions with a viewer each stay small, and attaching takes no longer`,
  { timeout: 120_000 + SESSIONS * 500 },
  async () => {
    await using limpet = await startLimpet()
    await using client = await limpet.connect()
    // What the first ones bring along (code, buffers) is not of each.
    for (let n = 0; n < 20; n += 1) await client.run(['true'])
    const leaks = leakCheck(limpet)
    await client.open({ argv: ['cat'] })
    const before = memoryOf(limpet)
    for (let n = 1; n < SESSIONS; n += 1) await client.open({ argv: ['cat'] })
    const after = await settled(limpet)
    const [hostBytes = 0, gatewayBytes = 0] = after.map(
      (bytes, index) => (bytes - (before[index] ?? 0)) / (SESSIONS - 1),
    )
    const attachMs = await measureAttaches(limpet)
    const slowestMs = Math.max(...attachMs)
    expect(median(attachMs)).toBeLessThan(MAX_ATTACH_MS)
    expect(hostBytes).toBeLessThan(MAX_SESSION_BYTES)
    expect(gatewayBytes).toBeLessThan(MAX_SESSION_BYTES)
    await endAll(limpet)
    await leaks.expectNone()
    recordFigure(
      'IDLE',
      `${SESSIONS} sessions: ${(hostBytes / KIBIBYTE).toFixed(1)} KiB each in the host, ${(gatewayBytes / KIBIBYTE).toFixed(1)} KiB ` +
        `in the gateway; attach ${median(attachMs).toFixed(1)} ms, at most ${slowestMs.toFixed(1)} ms of ${ATTACHES}`,
    )
  },
)

/** From the request to the first byte of the answer that matters: an echo. */
async function measureAttaches(limpet: LimpetFixture): Promise<number[]> {
  await using client = await connect(limpet.url, { token: limpet.token })
  const sessions = (await client.sessions()).filter(({ state }) => state === 'running')
  const timesMs: number[] = []
  for (let n = 0; n < ATTACHES; n += 1) {
    const { id } = sessions[Math.floor((n * sessions.length) / ATTACHES)] ?? {}
    if (id === undefined) throw new Error('a session is missing')
    const startedMs = performance.now()
    const session = await client.attach(id)
    timesMs.push(performance.now() - startedMs)
    await session.detach()
  }
  return timesMs
}

async function endAll(limpet: LimpetFixture): Promise<void> {
  await using client = await connect(limpet.url, { token: limpet.token })
  const running = (await client.sessions()).filter(({ state }) => state === 'running')
  for (const { id } of running) await client.request('session.kill', { session: id, force: true })
  await waitFor('all to end', async () =>
    (await client.sessions()).every(({ state }) => state === 'ended'),
  )
  for (const { id } of await client.sessions())
    await client.request('session.remove', { session: id })
}

/** Memory goes down for a while after many starts, as garbage is collected. */
async function settled(limpet: LimpetFixture): Promise<readonly number[]> {
  let least = memoryOf(limpet)
  let looks = 0
  await waitFor('memory to settle', () => {
    const now = memoryOf(limpet)
    const isLess = now.some((bytes, index) => bytes < (least[index] ?? 0))
    looks = isLess ? 0 : looks + 1
    least = least.map((bytes, index) => Math.min(bytes, now[index] ?? bytes))
    return looks > 100
  })
  return least
}

function memoryOf(limpet: LimpetFixture): readonly number[] {
  return [residentBytes(limpet.hostPid), residentBytes(limpet.pid)]
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN
}
