// F41: everything that a network between client and gateway can do, for long: byte by byte, late, broken.

import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises' // fixed wait: the random moment of the next fault
import { connect } from '@limpet/client'
import { inRound, leakCheck, recordFigure, seededRandom, startLimpet } from '@limpet/testkit'
import { expect, test } from 'vitest'
import { BadNetwork } from './bad-network.ts'

const TOTAL_MS = inRound(15_000, 600_000)
const RARELY_MS = 200
const OFTEN_MS = inRound(1500, 6000)

/** Prints pseudo-random bytes at a steady pace until its input ends, then tells their hash on stderr. */
const SOURCE = `
import hashlib, random, select, sys
source, hash, total = random.Random(41), hashlib.sha256(), 0
while not select.select([0], [], [], 0.005)[0]:
    block = source.randbytes(4000)
    hash.update(block)
    total += len(block)
    sys.stdout.buffer.write(block)
    sys.stdout.buffer.flush()
sys.stderr.write('%d %s' % (total, hash.hexdigest()))
`

test('[LOG-2] F41: over a network of single bytes, delays, half closes and resets every byte arrives once', async () => {
  const random = seededRandom()
  await using limpet = await startLimpet()
  await using network = await BadNetwork.start(limpet.url, random)
  await using client = await connect(network.url, { token: limpet.token })
  const leaks = leakCheck(limpet)
  let reconnects = 0
  client.onStateChange(({ state }) => {
    if (state === 'connected') reconnects += 1
  })
  const session = await client.open({ argv: ['python3', '-c', SOURCE] })
  const hash = createHash('sha256')
  let bytes = 0
  let said = ''
  let gaps = 0
  const reading = (async () => {
    for await (const record of session.output) {
      if (record.type === 'gap') gaps += 1
      if (record.type !== 'output') continue
      if (record.stream === 'stderr') said += Buffer.from(record.bytes).toString()
      else {
        hash.update(record.bytes)
        bytes += record.bytes.byteLength
      }
    }
  })()
  const endMs = performance.now() + TOTAL_MS
  while (performance.now() < endMs) {
    await pause(random.integer(RARELY_MS, OFTEN_MS)) // fixed wait: the random moment of the next fault
    network.hurt()
  }
  await session.endInput()
  await reading
  expect(gaps).toBe(0)
  expect(`${bytes} ${hash.digest('hex')}`).toBe(said)
  const { resets, halfCloses, singleBytes } = network.counts
  expect(resets + halfCloses).toBeGreaterThan(3)
  expect(singleBytes).toBeGreaterThan(1000)
  expect(reconnects).toBeGreaterThan(3)
  await client.request('session.remove', { session: session.id })
  await leaks.expectNone()
  recordFigure(
    'F41',
    `${TOTAL_MS / 1000} s, ${resets} resets, ${halfCloses} half closes, ${singleBytes} single bytes: ` +
      `${reconnects} reconnects, ${bytes} bytes exact`,
  )
})
