// A gateway that dies and comes back: clients go on by themselves, at the very byte.

import { startLimpet, waitFor } from '@limpet/testkit'
import { expect, test } from 'vitest'

const LINES = 300_000

test('output goes on after SIGKILL of the gateway, no byte lost or doubled', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const session = await client.open({ argv: ['seq', String(LINES)] })
  const states: string[] = []
  client.onStateChange(({ state }) => states.push(state))
  const chunks: Uint8Array[] = []
  let received = 0
  let hasCrashed = false
  for await (const record of session.output) {
    expect(record.type).not.toBe('gap')
    if (record.type !== 'output') continue
    chunks.push(record.bytes)
    received += record.bytes.byteLength
    if (received > 700_000 && !hasCrashed) {
      hasCrashed = true
      await limpet.killGateway()
      await limpet.restartGateway()
    }
  }
  const lines = Buffer.concat(chunks).toString().trimEnd().split('\n')
  const wrong = lines.findIndex((line, index) => line !== String(index + 1))
  expect([lines.length, wrong]).toEqual([LINES, -1])
  expect(await session.exited).toMatchObject({ code: 0 })
  expect(states).toContain('connecting')
  expect(client.state).toBe('connected')
})

test('input goes on after SIGKILL of the gateway, each line applied once and in order', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const session = await client.open({ argv: ['cat'] })
  const writes: Promise<void>[] = []
  let seen = ''
  const reading = (async () => {
    for await (const record of session.output) {
      if (record.type === 'output') seen += Buffer.from(record.bytes).toString()
    }
  })()
  for (let line = 1; line <= 2000; line += 1) {
    writes.push(session.write(`${line}\n`))
    if (line === 1000) {
      await waitFor('the first lines', () => seen.length > 1000)
      await limpet.killGateway()
      void limpet.restartGateway()
    }
  }
  await Promise.all(writes)
  await session.endInput()
  await reading
  const expected = Array.from({ length: 2000 }, (_none, index) => `${index + 1}\n`).join('')
  expect(seen).toBe(expected)
})

test('a shell keeps its variables and its process over a restart', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const shell = await client.open({ argv: ['bash', '--norc', '--noprofile'], tty: true })
  await shell.write('KEPT=value\n')
  await limpet.killGateway()
  await limpet.restartGateway()
  await shell.write('echo "it is $KEPT, pid $$"; exit\n')
  let seen = ''
  for await (const record of shell.output) {
    if (record.type === 'output') seen += Buffer.from(record.bytes).toString()
  }
  expect(seen).toContain(`it is value, pid ${shell.info.pid ?? /pid (\d+)/.exec(seen)?.[1]}`)
  expect((await client.sessions()).find(({ id }) => id === shell.id)?.state).toBe('ended')
})
