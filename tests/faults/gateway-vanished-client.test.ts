// F07: clients vanish, with a reset or without a word.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { inRound, recordFigure, waitFor, within } from '@limpet/testkit'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { startGatewayFixture } from '../integration/gateway/gateway-fixture.ts'
import { RawClient } from '../integration/gateway/raw-client.ts'

const ROUNDS = inRound(5, 20)
const DETACHED_MS = 100

/** On a machine that is busy with other things time says little: then it is before so many answers of the host. */
const DETACHED_ANSWERS = 20
const PING_INTERVAL_MS = 1000

/** A client that attaches and says so, in a process of its own that can stand still. */
const CLIENT_SOURCE = `
import { WebSocket } from 'ws'
const [url, token, session] = process.argv.slice(1)
const socket = new WebSocket(url, ['limpet.v1'], { headers: { authorization: 'Bearer ' + token } })
const view = { attachment: 1, client: 'c'.repeat(32) }
const params = { session, from: 'end', view }
socket.on('open', () => socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'session.attach', params })))
socket.on('message', () => process.stdout.write('attached'))
`

async function startCat(owner: RawClient): Promise<string> {
  const answer = await owner.ask('program.start', { program: 'exec', argv: ['cat'] })
  return (answer.result as { session: { id: string } }).session.id
}

async function viewersOf(owner: RawClient, id: string): Promise<number> {
  const { result } = await owner.ask('session.list')
  const { sessions } = result as { sessions: { id: string; state: string; viewers: number }[] }
  const session = sessions.find((one) => one.id === id)
  if (session?.state !== 'running') throw new Error('the session does not run any more')
  return session.viewers
}

/** The TCP connection of a WebSocket of ours, to be broken. */
function socketOf(webSocket: WebSocket): Socket {
  return Reflect.get(webSocket, '_socket') as Socket // ws has no public name for it
}

test(`F07: of ${ROUNDS} clients whose connection is reset, each is detached within 100 ms`, async () => {
  await using fixture = await startGatewayFixture()
  using owner = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  const session = await startCat(owner)
  const tookMs: number[] = []
  const late: { tookMs: number; answers: number }[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    using client = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
    const view = { attachment: 1, client: `${round}`.padStart(32, '0') }
    await client.ask('session.attach', { session, from: 'end', view })
    expect(await viewersOf(owner, session)).toBe(1)
    const startedMs = performance.now()
    socketOf(client.socket).resetAndDestroy()
    // Asked without a pause between: it is the host that says when.
    let answers = 1
    for (; (await viewersOf(owner, session)) > 0; answers += 1) {
      if (performance.now() - startedMs > 5000) throw new Error('it is never detached')
    }
    const took = performance.now() - startedMs
    tookMs.push(took)
    if (took >= DETACHED_MS && answers > DETACHED_ANSWERS) late.push({ tookMs: took, answers })
  }
  const sorted = tookMs.toSorted((a, b) => a - b)
  const [slowestMs = 0, medianMs = 0] = [sorted.at(-1), sorted[Math.floor(ROUNDS / 2)]]
  expect(late).toEqual([])
  recordFigure(
    'F07',
    `${ROUNDS} resets: detached after ${medianMs.toFixed(1)} ms, ${slowestMs.toFixed(1)} ms at most; session alive`,
    'reset',
  )
})

test('F07: a client that falls silent is detached within two pings, and its session lives', async () => {
  await using fixture = await startGatewayFixture({
    gateway: { pingIntervalMs: PING_INTERVAL_MS },
  })
  using owner = new RawClient(await fixture.webSocket('/ws', ['limpet.v1']))
  const session = await startCat(owner)
  const url = `ws://127.0.0.1:${fixture.port}/ws`
  const args = ['--input-type=module', '-e', CLIENT_SOURCE, url, fixture.gateway.token, session]
  const client = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(client, 'exit')
  try {
    await within('the client to attach', once(client.stdout, 'data'))
    client.kill('SIGSTOP')
    const startedMs = performance.now()
    await waitFor('its end', async () => (await viewersOf(owner, session)) === 0)
    const tookMs = performance.now() - startedMs
    // A busy machine may be late by a part of one more.
    expect(tookMs).toBeLessThan(2.5 * PING_INTERVAL_MS)
    recordFigure(
      'F07',
      `detached after ${(tookMs / PING_INTERVAL_MS).toFixed(1)} ping intervals (15 s by default); session alive`,
      'silence',
    )
  } finally {
    client.kill('SIGKILL')
    await exited
  }
})
