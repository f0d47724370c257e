// Tests that nobody keeps a frame of the host's: all links of a gateway read into one buffer, so what is kept would
// become part of another session's output. Several floods at once, by every way out of a gateway.
import { waitFor } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { startGatewayFixture, type GatewayFixture } from './gateway/gateway-fixture.ts'
import type { RawClient } from './gateway/raw-client.ts'
import { owner } from './gateway/visitors.ts'

const LINES = 150_000

/** More than the kernel takes for a client that stands still: the rest waits in the gateway. */
const RUN_LINES = 1_500_000

function script(letter: string, lines: number = LINES): string {
  return `seq -f '${letter}%07.0f' 1 ${lines}`
}

/** @returns where it differs from what the script of this letter writes, or "whole" */
function verdict(letter: string, text: string, count: number = LINES): string {
  const lines = text.split('\n')
  const wrong = lines.findIndex((line, index) => {
    const expected = index === count ? '' : `${letter}${String(index + 1).padStart(7, '0')}`
    return line !== expected
  })
  if (wrong !== -1) return `line ${wrong}: ${JSON.stringify(lines[wrong]?.slice(0, 40))}`
  return lines.length === count + 1 ? 'whole' : `${lines.length} lines`
}

async function viaWebSocket(fixture: GatewayFixture, session: string): Promise<string> {
  using client = await owner(fixture)
  const view = { attachment: 1, client: 'c'.repeat(32) }
  await client.ask('session.attach', { session, from: 'start', view })
  await waitFor('all of it', () => {
    const bytes = client.records.reduce((sum, { record }) => sum + record.payload.byteLength, 0)
    return bytes >= LINES * 9
  })
  return client.outputOf(1)
}

async function viaRest(fixture: GatewayFixture, session: string): Promise<string> {
  const path = `/api/sessions/${session}/output?limitBytes=8388608`
  return (await fixture.fetch(path, { headers: fixture.bearer })).text()
}

/** Stands still until the others are done. */
async function viaRun(
  fixture: GatewayFixture,
  letter: string,
  others: Promise<unknown>,
): Promise<string> {
  const socket = await fixture.webSocket('/ws')
  let text = ''
  socket.on('message', (data: Buffer) => (text += data.toString()))
  socket.send(script(letter, RUN_LINES))
  socket.pause()
  await others
  socket.resume()
  await waitFor('all of it', () => text.length >= RUN_LINES * 9)
  socket.terminate()
  return text
}

test('floods of several sessions, by every way at once, never mix', async () => {
  await using fixture = await startGatewayFixture()
  using client: RawClient = await owner(fixture)
  const sessions = new Map<string, string>()
  for (const letter of ['a', 'b']) {
    const start = { program: 'exec', argv: ['sh', '-c', script(letter)] }
    const { result } = await client.ask('program.start', start)
    const { id } = (result as { session: { id: string } }).session
    sessions.set(letter, id)
    await waitFor('its end', async () => {
      const answer = await fixture.fetch(`/api/sessions/${id}`, { headers: fixture.bearer })
      return ((await answer.json()) as { session: { state: string } }).session.state === 'ended'
    })
  }
  const ways = [...sessions].flatMap(([letter, id]) => [
    viaRest(fixture, id).then((text) => ['rest', letter, verdict(letter, text)]),
    viaWebSocket(fixture, id).then((text) => ['socket', letter, verdict(letter, text)]),
  ])
  const others = Promise.all(ways)
  const runs = [...sessions.keys()].map((letter) =>
    viaRun(fixture, letter, others).then((text) => [
      'run',
      letter,
      verdict(letter, text, RUN_LINES),
    ]),
  )
  const seen = [...(await others), ...(await Promise.all(runs))]
  expect(seen).toEqual(seen.map(([way, letter]) => [way, letter, 'whole']))
})
