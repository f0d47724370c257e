// [FLOW-2] A flood that nobody reads costs neither memory nor anybody else's time.

import { setTimeout as pause } from 'node:timers/promises' // fixed wait: the length of the flood
import type { Limpet, Session } from '@limpet/client'
import { residentBytes, startLimpet, waitFor, type LimpetFixture } from '@limpet/testkit'
import { WebSocket } from 'ws'
import { expect, test } from 'vitest'

/** Half a minute shows what a leak of a window a second would do; five seconds are for every day. */
const FLOOD_SECONDS = Number(process.env['LIMPET_FLOOD_SECONDS'] ?? 5)

const ECHO_INTERVAL_MS = 10
const MAX_GROWTH_BYTES = 16 * 1024 * 1024
const MAX_ECHO_P99_MS = 50

test(
  '[FLOW-2] a flood with stalled viewers: host and gateway stay small, an echo beside it stays fast',
  { timeout: 60_000 + FLOOD_SECONDS * 1000 },
  async () => {
    await using limpet = await startLimpet()
    await using client = await limpet.connect()
    const echo = await client.open({ argv: ['cat'] })
    await measureEcho(echo, 100) // warms up both ends
    const before = memoryOf(limpet)

    // One viewer that acknowledges nothing, and one that does not even read its socket.
    await using stalled = await limpet.connect()
    const flood = await stalled.open({ argv: ['yes'] })
    const deaf = await openDeafViewer(limpet, flood)
    await waitFor('a flood', async () => (await infoOf(client, flood)).end > 500_000)

    const latenciesMs: number[] = []
    const most = { host: 0, gateway: 0 }
    const endMs = performance.now() + FLOOD_SECONDS * 1000
    while (performance.now() < endMs) {
      latenciesMs.push(...(await measureEcho(echo, 10)))
      const now = memoryOf(limpet)
      most.host = Math.max(most.host, now.host - before.host)
      most.gateway = Math.max(most.gateway, now.gateway - before.gateway)
    }
    latenciesMs.sort((a, b) => a - b)
    const p99Ms = latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Infinity
    const medianMs = latenciesMs[Math.floor(latenciesMs.length / 2)] ?? Infinity
    const { end } = await infoOf(client, flood)
    console.log(
      `flood of ${FLOOD_SECONDS} s (log end ${mebibytes(end)}): host + ${mebibytes(most.host)}, gateway + ${mebibytes(most.gateway)}; ` +
        `echo median ${medianMs.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms of ${latenciesMs.length}`,
    )
    expect(most.host).toBeLessThan(MAX_GROWTH_BYTES)
    expect(most.gateway).toBeLessThan(MAX_GROWTH_BYTES)
    expect(p99Ms).toBeLessThan(MAX_ECHO_P99_MS)
    deaf.terminate()
    await Promise.all([flood.close(), echo.close()])
  },
)

/** Types lines into `cat`, one after another, and waits for each to come back. */
async function measureEcho(session: Session, count: number): Promise<number[]> {
  const latenciesMs: number[] = []
  for (let number = 0; number < count; number += 1) {
    const line = `${number}\n`
    const startedMs = performance.now()
    void session.write(line)
    let seen = ''
    for await (const record of session.output) {
      if (record.type === 'output') seen += Buffer.from(record.bytes).toString()
      if (seen.length >= line.length) break
    }
    if (seen !== line) throw new Error(`typed ${JSON.stringify(line)}, got ${JSON.stringify(seen)}`)
    latenciesMs.push(performance.now() - startedMs)
    await pause(ECHO_INTERVAL_MS) // fixed wait: a person types no faster, and the flood must get its turn
  }
  return latenciesMs
}

async function openDeafViewer(limpet: LimpetFixture, flood: Session): Promise<WebSocket> {
  const socket = new WebSocket(`${limpet.url.replace('http', 'ws')}ws`, 'limpet.v1', {
    headers: { authorization: `Bearer ${limpet.token}` },
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const view = { attachment: 1, client: 'e'.repeat(32) }
  const params = { session: flood.id, from: 'start', view }
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'session.attach', params }))
  await new Promise((resolve) => socket.once('message', resolve))
  socket.pause()
  return socket
}

async function infoOf(client: Limpet, { id }: Session): Promise<{ end: number }> {
  const found = (await client.sessions()).find((session) => session.id === id)
  if (found === undefined) throw new Error(`session ${id} is not listed`)
  return found
}

function memoryOf(limpet: LimpetFixture): { host: number; gateway: number } {
  return { host: residentBytes(limpet.hostPid), gateway: residentBytes(limpet.pid) }
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
