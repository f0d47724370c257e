// F20: 100 MB are typed at a program that reads nothing.

import { setTimeout as pause } from 'node:timers/promises' // fixed wait: a person types no faster
import { fileURLToPath } from 'node:url'
import { connect, type Session } from '@limpet/client'
import {
  inRound,
  leakCheck,
  recordFigure,
  residentBytes,
  runProgram,
  startLimpet,
  TcpProxy,
  type LimpetFixture,
} from '@limpet/testkit'
import { expect, test } from 'vitest'

const FLOOD_BYTES = 100_000_000

/** It goes on for so long at least: a 99th percentile needs some echoes. */
const FLOOD_SECONDS = inRound(4, 30)
const MEBIBYTE = 1024 * 1024
const MAX_QUEUED_BYTES = MEBIBYTE
const MAX_ECHO_P99_MS = 50

/** Frames that were dropped lie about until V8 collects them; it does so before this, however long the flood. */
const MAX_GROWTH_BYTES = 64 * MEBIBYTE

/** Other work of the machine makes some seconds slow; a fault of ours makes all of them slow. */
const WINDOWS = 3

test('[INPUT-4] F20: an input flood is held back at its sender, and an echo beside it stays fast', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const leaks = leakCheck(limpet)
  const echo = await client.open({ argv: ['cat'] })
  await measureEchoes(echo, () => false, 100) // warms up both ends
  const before = memoryOf(limpet)
  const deaf = await client.open({ argv: ['sleep', '1000'] })
  const queuedBytes = await floodPolitely(limpet, deaf)
  let rude: Rude | undefined
  const flooding = floodRudely(limpet, deaf).then((flood) => (rude = flood))
  const echoesMs = await measureEchoes(echo, () => rude !== undefined, Infinity)
  await flooding
  const p99Ms = quietestP99(echoesMs)
  const grown = Math.max(...memoryOf(limpet).map((bytes, index) => bytes - (before[index] ?? 0)))
  expect(queuedBytes).toBeLessThanOrEqual(MAX_QUEUED_BYTES)
  expect(rude?.refused).toBeGreaterThan(0)
  expect(p99Ms).toBeLessThan(MAX_ECHO_P99_MS)
  expect(grown).toBeLessThan(MAX_GROWTH_BYTES)
  // Nothing of what was refused ever reaches the program, and it can be ended at once.
  await deaf.kill({ force: true })
  await deaf.discardOutput()
  await echo.close()
  for (const { id } of [deaf, echo]) await client.request('session.remove', { session: id })
  await leaks.expectNone()
  recordFigure(
    'F20',
    `of 100 MB a client of ours sends ${(queuedBytes / 1024).toFixed(0)} KiB, and waits; of ${((rude?.bytes ?? 0) / 1e6).toFixed(0)} MB in ${rude?.frames} frames of one that ` +
      `does not wait ${rude?.refused} were refused; echo beside it: p99 ${p99Ms.toFixed(1)} ms of ${echoesMs.length}; ` +
      `host and gateway grow by ${(grown / MEBIBYTE).toFixed(1)} MiB at most`,
  )
})

/** The SDK: its `write` waits. @returns bytes that left the client, once no more do */
async function floodPolitely(limpet: LimpetFixture, { id }: Session): Promise<number> {
  await using line = await TcpProxy.start(limpet.url)
  await using client = await connect(line.url, { token: limpet.token })
  const deaf = await client.attach(id, { from: 'end' })
  const before = line.bytesFromClients
  // It ends by the good-bye of its client.
  const writing = deaf.write(new Uint8Array(FLOOD_BYTES)).catch(() => {})
  for (let left = -1; left < line.bytesFromClients;) {
    left = line.bytesFromClients
    await pause(500) // fixed wait: that nothing happens takes time to see
  }
  const left = line.bytesFromClients - before
  await deaf.detach()
  await writing
  return left
}

interface Rude {
  readonly frames: number
  readonly bytes: number
  readonly refused: number
}

/** Another client, in a process of its own, waits for nothing but its socket. */
async function floodRudely(limpet: LimpetFixture, { id }: Session): Promise<Rude> {
  const program = fileURLToPath(new URL('input-flooder.mjs', import.meta.url))
  const url = `${limpet.url.replace('http', 'ws')}ws`
  const { stdout, stderr } = await runProgram(
    // In life it has a machine of its own: its work must not take the processor from those who are measured.
    [
      'nice',
      '-n',
      '19',
      process.execPath,
      program,
      url,
      limpet.token,
      id,
      `${FLOOD_BYTES}`,
      `${FLOOD_SECONDS}`,
    ],
    { deadlineMs: 60_000 },
  )
  if (stdout.length === 0) throw new Error(stderr.toString())
  return JSON.parse(stdout.toString()) as Rude // our own program's
}

/** Types lines into `cat`, one after another, until told to stop. @returns how long each took */
async function measureEchoes(
  session: Session,
  mayStop: () => boolean,
  most: number,
): Promise<number[]> {
  const timesMs: number[] = []
  while (!mayStop() && timesMs.length < most) {
    const line = `${timesMs.length}\n`
    const startedMs = performance.now()
    void session.write(line)
    let seen = ''
    for await (const record of session.output) {
      if (record.type === 'output') seen += Buffer.from(record.bytes).toString()
      if (seen.length >= line.length) break
    }
    if (seen !== line) throw new Error(`typed ${JSON.stringify(line)}, got ${JSON.stringify(seen)}`)
    timesMs.push(performance.now() - startedMs)
    await pause(2) // fixed wait: a person types no faster
  }
  return timesMs
}

/** @returns the 99th percentile, in the quietest of some windows */
function quietestP99(timesMs: readonly number[]): number {
  const size = Math.ceil(timesMs.length / WINDOWS)
  const windows = Array.from({ length: WINDOWS }, (_none, n) =>
    timesMs.slice(n * size, (n + 1) * size).toSorted((a, b) => a - b),
  )
  return Math.min(...windows.map((window) => window[Math.floor(window.length * 0.99)] ?? Infinity))
}

function memoryOf(limpet: LimpetFixture): readonly number[] {
  return [residentBytes(limpet.hostPid), residentBytes(limpet.pid)]
}
