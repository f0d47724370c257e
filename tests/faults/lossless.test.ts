// F09 and FLOW-4: a reader who must not miss anything, and stops, or is cut off again and again.

import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises' // fixed wait: that nothing happens takes time to see
import { connect, type Limpet, type Session } from '@limpet/client'
import {
  inRound,
  leakCheck,
  recordFigure,
  residentBytes,
  seededRandom,
  startLimpet,
  TcpProxy,
  waitFor,
  type LimpetFixture,
} from '@limpet/testkit'
import { expect, test } from 'vitest'

const MEBIBYTE = 1024 * 1024

/** Longer than the 10 s after which any other viewer stops counting. */
const STOPPED_SECONDS = inRound(12, 60)
const KERNEL_BYTES = 3.75 * MEBIBYTE
const MAX_AHEAD_BYTES = 4 * MEBIBYTE + KERNEL_BYTES
const MAX_DRIFT_BYTES = 5 * MEBIBYTE
const MAX_RESUME_MS = 200

test(
  `[FLOW-4] F09: a lossless reader that stops for ${STOPPED_SECONDS} s stops the program, costs no memory, and misses nothing`,
  { timeout: 120_000 + STOPPED_SECONDS * 1000 },
  async () => {
    await using limpet = await startLimpet()
    await using client = await limpet.connect()
    const leaks = leakCheck(limpet)
    const session = await client.open({ argv: ['yes', 'y'.repeat(63)] }, { lossless: true })
    let read = 0
    // A loop that is left and begun again goes on at the next record.
    const readBytes = async (bytes: number): Promise<void> => {
      const until = read + bytes
      for await (const record of session.output) {
        if (record.type === 'gap') throw new Error('a gap in spite of lossless')
        if (record.type === 'output') read += record.bytes.byteLength
        if (read >= until) return
      }
    }
    await readBytes(100 * MEBIBYTE) // warms up both ends
    const blockedAt = await endOnceStill(client, session)
    const before = memoryOf(limpet)
    let drift = 0
    for (let second = 0; second < STOPPED_SECONDS; second += 1) {
      await pause(1000) // fixed wait: that nothing happens takes time to see
      const now = memoryOf(limpet)
      drift = Math.max(drift, ...now.map((bytes, index) => bytes - (before[index] ?? 0)))
    }
    const ahead = blockedAt - read
    expect(await endOf(client, session)).toBe(blockedAt)
    expect(ahead).toBeLessThan(MAX_AHEAD_BYTES)
    expect(drift).toBeLessThan(MAX_DRIFT_BYTES)
    const startedMs = performance.now()
    // Beyond what had been written when it stopped: the program writes again.
    await readBytes(ahead + 1)
    const resumedMs = performance.now() - startedMs
    expect(resumedMs).toBeLessThan(MAX_RESUME_MS)
    await session.close()
    await client.request('session.remove', { session: session.id })
    await leaks.expectNone()
    recordFigure(
      'F09',
      `blocked ${(ahead / 1024).toFixed(0)} KiB ahead for ${STOPPED_SECONDS} s, host and gateway grow by ` +
        `${Math.max(drift / MEBIBYTE, 0).toFixed(1)} MiB at most, new output ${resumedMs.toFixed(1)} ms after reading on`,
    )
  },
)

const CUTS = 20
const SENT_BYTES = inRound(30_000_000, 300_000_000)

test(
  `[FLOW-4] ${SENT_BYTES / 1e6} MB of binary output over a lossless attachment survive ${CUTS} lost connections`,
  { timeout: 120_000 + SENT_BYTES / 1000 },
  async () => {
    const random = seededRandom()
    await using limpet = await startLimpet()
    await using line = await TcpProxy.start(limpet.url)
    await using client = await connect(line.url, { token: limpet.token })
    const leaks = leakCheck(limpet)
    const file = join(limpet.scratch.home, 'sent')
    const sent = await writeRandomFile(file)
    const cuts = Array.from({ length: CUTS }, () => random.integer(0, SENT_BYTES - 1)).toSorted(
      (a, b) => a - b,
    )
    const startedMs = performance.now()
    const session = await client.open({ argv: ['cat', file] }, { lossless: true })
    const received = createHash('sha256')
    let read = 0
    for await (const record of session.output) {
      if (record.type === 'gap') throw new Error('a gap in spite of lossless')
      if (record.type !== 'output') continue
      received.update(record.bytes)
      read += record.bytes.byteLength
      while ((cuts[0] ?? Infinity) < read) {
        cuts.shift()
        line.cut()
        await waitFor('the loss', () => client.state !== 'connected')
        // As a browser does when the network is back: the pauses between tries are not what is tested.
        client.reconnectNow()
        await client.ready()
      }
    }
    const tookSeconds = (performance.now() - startedMs) / 1000
    expect({ read, hash: received.digest('hex') }).toEqual({ read: SENT_BYTES, hash: sent })
    expect(await session.exited).toMatchObject({ code: 0 })
    expect(line.connections).toBe(CUTS + 1)
    await client.request('session.remove', { session: session.id })
    await leaks.expectNone()
    recordFigure(
      'FLOW-4',
      `${SENT_BYTES / 1e6} MB, ${line.connections - 1} connections lost on the way: SHA-256 equal, no gap, ${tookSeconds.toFixed(1)} s`,
    )
  },
)

/** @returns the hash of what it holds */
async function writeRandomFile(path: string): Promise<string> {
  const file = await open(path, 'w')
  for (let left = SENT_BYTES; left > 0; left -= MEBIBYTE)
    await file.write(randomBytes(Math.min(left, MEBIBYTE)))
  await file.close()
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer) // of bytes: no encoding is set
  return hash.digest('hex')
}

/** @returns where the log ends, once it has stopped growing */
async function endOnceStill(client: Limpet, session: Session): Promise<number> {
  for (let end = -1; ;) {
    const now = await endOf(client, session)
    if (now === end) return now
    end = now
    await pause(300) // fixed wait: that nothing happens takes time to see
  }
}

async function endOf(client: Limpet, { id }: Session): Promise<number> {
  const found = (await client.sessions()).find((session) => session.id === id)
  if (found === undefined) throw new Error(`session ${id} is not listed`)
  return found.end
}

function memoryOf(limpet: LimpetFixture): readonly number[] {
  return [residentBytes(limpet.hostPid), residentBytes(limpet.pid)]
}
