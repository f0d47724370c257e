// F04: a gateway that serves a hundred clients is told to end, once and twice.

import { connect as connectSocket } from 'node:net'
import { isAlive, recordFigure, startLimpet, waitFor, within } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'

const CLIENTS = 100
const LISTENER_CLOSED_MS = 50
const EXIT_MS = 5000
const SECOND_EXIT_MS = 200

interface Visitor {
  readonly socket: WebSocket
  readonly closed: Promise<number>
}

async function visit(url: string, token: string): Promise<Visitor> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}ws`, ['limpet.v1'], {
    headers: { authorization: `Bearer ${token}` },
  })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.on('error', () => {}) // 'close' tells
  await waitFor('a connection', () => socket.readyState === WebSocket.OPEN)
  return { socket, closed }
}

/** True when nobody listens there any more. */
function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', () => resolve(true))
  })
}

test('F04: SIGTERM closes the listener at once, tells a hundred clients 1012 and ends with 0; sessions live', async () => {
  await using limpet = await startLimpet()
  const client = await limpet.connect()
  const session = await client.open({ argv: ['cat'] })
  const { pid = 0 } = session.info
  const visitors = await Promise.all(
    Array.from({ length: CLIENTS }, () => visit(limpet.url, limpet.token)),
  )
  const port = Number(new URL(limpet.url).port)
  const { gateway } = limpet
  const startedMs = performance.now()
  gateway.child.kill('SIGTERM')
  let closedMs = 0
  while (!(await isRefused(port))) closedMs = performance.now() - startedMs
  const codes = await within('all good-byes', Promise.all(visitors.map(({ closed }) => closed)))
  await waitFor('the exit', () => gateway.hasExited)
  const exitMs = performance.now() - startedMs
  expect(new Set(codes)).toEqual(new Set([1012]))
  expect(gateway.child.exitCode).toBe(0)
  expect(exitMs).toBeLessThan(EXIT_MS)
  expect(closedMs).toBeLessThan(LISTENER_CLOSED_MS)
  expect(isAlive(pid)).toBe(true)
  await limpet.restartGateway()
  await waitFor('the SDK to be back', () => client.state === 'connected')
  expect((await client.sessions()).find(({ id }) => id === session.id)?.state).toBe('running')
  await client.close()
  recordFigure(
    'F04',
    `${CLIENTS} clients: listener closed after ${closedMs.toFixed(0)} ms at most, all 1012, exit 0 after ${exitMs.toFixed(0)} ms`,
    'once',
  )
})

test('F04: a second SIGTERM ends a gateway that still says good-bye', async () => {
  await using limpet = await startLimpet()
  const { socket, closed } = await visit(limpet.url, limpet.token)
  // It reads nothing, so it never answers the good-bye.
  socket.pause()
  const { gateway } = limpet
  gateway.child.kill('SIGTERM')
  const port = Number(new URL(limpet.url).port)
  await waitFor('the listener to close', () => isRefused(port))
  const startedMs = performance.now()
  gateway.child.kill('SIGTERM')
  await waitFor('the exit', () => gateway.hasExited)
  const exitMs = performance.now() - startedMs
  expect(exitMs).toBeLessThan(SECOND_EXIT_MS)
  socket.resume()
  await within('the end of the connection', closed)
  recordFigure('F04', `exit ${exitMs.toFixed(0)} ms after the second`, 'twice')
})
