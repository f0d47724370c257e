// Tests that whoever is slow slows only itself, and that nothing piles up in the gateway, either way [FLOW-2].
import { randomBytes } from 'node:crypto'
import { connect } from '@limpet/client'
import { loggedBytes, MAX_WINDOW_BYTES } from '@limpet/protocol'
import { waitFor } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { startGatewayFixture } from './gateway/gateway-fixture.ts'
import { RawClient } from './gateway/raw-client.ts'

const MIB = 1024 * 1024

/** Bytes that buffers of this process take, the gateway's among them, and those that nobody uses any more. */
function bufferBytes(): number {
  return process.memoryUsage().arrayBuffers
}

function view(attachment: number, windowBytes: number): Record<string, unknown> {
  return { attachment, client: randomBytes(16).toString('hex'), windowBytes }
}

test('a client that reads nothing, with windows of 32 MiB, makes the gateway hold next to nothing', async () => {
  await using fixture = await startGatewayFixture()
  await using neighbour = await connect(fixture.origin, { token: fixture.gateway.token })
  using client = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  client.isAcknowledging = false
  const opened = await client.ask('program.start', {
    program: 'exec',
    argv: ['yes', 'limpet'],
    view: view(1, MAX_WINDOW_BYTES),
  })
  const { id } = (opened.result as { session: { id: string } }).session
  client.socket.pause()
  const beforeBytes = bufferBytes()
  for (const attachment of [2, 3, 4]) {
    const params = { session: id, from: 'start', view: view(attachment, MAX_WINDOW_BYTES) }
    client.socket.send(
      JSON.stringify({ jsonrpc: '2.0', id: `a${attachment}`, method: 'session.attach', params }),
    )
  }
  const slowestMs: number[] = []
  let mostBytes = 0
  for (let round = 0; round < 100; round += 1) {
    slowestMs.push(await neighbour.ping())
    mostBytes = Math.max(mostBytes, bufferBytes() - beforeBytes)
    // fixed wait: what must not happen, memory that grows, is seen only over time
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  console.log(
    `grown by ${(mostBytes / MIB).toFixed(1)} MiB; slowest ping ${Math.max(...slowestMs).toFixed(1)} ms`,
  )
  expect(mostBytes).toBeLessThan(16 * MIB)
  expect(Math.max(...slowestMs)).toBeLessThan(1000)

  // It reads again: everything is there, in order, to the last byte of each window.
  client.socket.resume()
  const of = (attachment: number): number =>
    client.records
      .filter((one) => one.attachment === attachment)
      .reduce((end, { record }) => {
        if (end !== -1 && record.offset !== end) throw new Error(`a hole at ${end}`)
        return record.offset + loggedBytes(record)
      }, -1)
  await waitFor('the first window', () => of(1) > MAX_WINDOW_BYTES - 65_536)
  expect(await neighbour.sessions()).toMatchObject([{ state: 'running' }])
  await neighbour.request('session.kill', { session: id as never, force: true })
})

test('a host that stands still stops a client that sends without end', async () => {
  await using fixture = await startGatewayFixture()
  using client = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  await client.ask('link.ping')
  const { hostPid } = fixture.gateway
  process.kill(hostPid, 'SIGSTOP')
  try {
    // Frames of a kind that the host ignores: 48 MiB of them.
    const frame = Buffer.alloc(MIB, 99)
    for (let i = 0; i < 48; i += 1) client.socket.send(frame)
    let before = -1
    await waitFor('the flood to stand still', async () => {
      const waiting = client.socket.bufferedAmount
      const isStill = waiting === before
      before = waiting
      // fixed wait: standing still is seen only by looking twice
      await new Promise((resolve) => setTimeout(resolve, 300))
      return isStill
    })
    // What is not with the client any more lies in the kernel's buffers and in those of the gateway.
    expect(client.socket.bufferedAmount).toBeGreaterThan(24 * MIB)
  } finally {
    process.kill(hostPid, 'SIGCONT')
  }
  expect(await client.ask('link.ping')).toMatchObject({ result: {} })
})

test('a client that asks without reading the answers is cut off with 1008', async () => {
  await using fixture = await startGatewayFixture()
  using client = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  await client.ask('program.list')
  client.socket.pause()
  const request = JSON.stringify({ jsonrpc: '2.0', id: 'x', method: 'program.list' })
  for (let i = 0; i < 40_000; i += 1) client.socket.send(request)
  await waitFor(
    'the cut',
    () => fixture.log.includes('"code":1008') || client.socket.bufferedAmount === 0,
  )
  client.socket.resume()
  expect((await client.closed()).code).toBe(1008)
})
