// F03: the host stands still for fifteen seconds, then goes on.

import { setTimeout as pause } from 'node:timers/promises' // fixed wait: how long the host stands still
import { leakCheck, recordFigure, startLimpet, waitFor, within } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { NUMBERED_LINES_ARGV, NumberedLines } from './numbered-lines.ts'

const STILL_MS = 15_000

/** 11 s ± 1. */
const SHOWN_MS = [10_000, 12_000] as const
const HEALTHY_MS = 1000

test('F03: a host that stands still is called so within 12 s, is well again at once, and no byte is lost', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const health = async (): Promise<unknown> => (await fetch(`${limpet.url}healthz`)).json()
  await health() // its connection is kept for the next ones
  const leaks = leakCheck(limpet)
  const session = await client.open({ argv: NUMBERED_LINES_ARGV })
  const lines = new NumberedLines()
  const reading = (async () => {
    for await (const record of session.output) {
      if (record.type === 'output') lines.take(record.bytes)
    }
  })()
  await waitFor('the first lines', () => lines.next > 100)
  const watcher = await watch(limpet.url, limpet.token)
  expect(await health()).toEqual({ status: 'ok' })
  process.kill(limpet.hostPid, 'SIGSTOP')
  const stoppedMs = performance.now()
  let shownMs = 0
  let healthyMs = 0
  try {
    await watcher.until('unresponsive')
    shownMs = performance.now() - stoppedMs
    expect(await health()).toEqual({ status: 'degraded', reasons: ['host-unresponsive'] })
    await pause(STILL_MS - shownMs) // fixed wait: how long the host stands still
  } finally {
    process.kill(limpet.hostPid, 'SIGCONT')
  }
  const wokenMs = performance.now()
  await watcher.until('responsive')
  healthyMs = performance.now() - wokenMs
  expect(await health()).toEqual({ status: 'ok' })
  watcher.close()
  await session.endInput()
  await within('the last line', reading)
  expect({ lost: lines.lost, doubled: lines.doubled, isWhole: lines.isWhole }).toEqual({
    lost: 0,
    doubled: 0,
    isWhole: true,
  })
  expect(shownMs).toBeGreaterThan(SHOWN_MS[0])
  expect(shownMs).toBeLessThan(SHOWN_MS[1])
  expect(healthyMs).toBeLessThan(HEALTHY_MS)
  await client.request('session.remove', { session: session.id })
  await leaks.expectNone()
  recordFigure(
    'F03',
    `unresponsive shown after ${(shownMs / 1000).toFixed(1)} s, healthy ${healthyMs.toFixed(0)} ms after SIGCONT; ` +
      `${lines.next} lines, ${lines.lost} lost, ${lines.doubled} doubled`,
  )
})

interface Watcher {
  until(state: string): Promise<void>
  close(): void
}

/** A connection that hears what a gateway says of its host. */
async function watch(url: string, token: string): Promise<Watcher> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}ws`, ['limpet.v1'], {
    headers: { authorization: `Bearer ${token}` },
  })
  const states: string[] = []
  socket.on('message', (data: Buffer) => {
    const { method, params } = JSON.parse(data.toString()) as {
      method?: string
      params?: { state: string }
    }
    if (method === 'host.changed' && params) states.push(params.state)
  })
  await waitFor('the connection', () => socket.readyState === WebSocket.OPEN)
  // An answer proves that the link stands before the host stands still.
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'link.ping', params: {} }))
  await within('an answer', new Promise((resolve) => socket.once('message', resolve)))
  return {
    until: async (state) => {
      await waitFor(`the host to be ${state}`, () => states.includes(state))
    },
    close: () => socket.terminate(),
  }
}
