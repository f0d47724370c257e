// F18: bytes that are no text arrive as they were written, through every hop.

import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Limpet } from '@limpet/client'
import { leakCheck, recordFigure, startLimpet, type LimpetFixture } from '@limpet/testkit'
import { expect, test } from 'vitest'

const MEBIBYTE = 1024 * 1024

/** What a decoder between the process and the viewer would break. */
const CONTENTS: Readonly<Record<string, () => Buffer>> = {
  'random bytes': () => randomBytes(10 * MEBIBYTE),
  'split UTF-8': () => Buffer.from('é—€𝄞'.repeat(100_000)),
  'broken UTF-8': () => Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80, 0xf0, 0x9d]),
  NUL: () => Buffer.alloc(MEBIBYTE),
  '10 MB without a newline': () => Buffer.alloc(10_000_000, 'x'),
}

test('[LOG-3] F18: binary output arrives with the same SHA-256, whole or torn into single bytes', async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const leaks = leakCheck(limpet)
  let bytes = 0
  for (const [name, make] of Object.entries(CONTENTS)) {
    const sent = make()
    const file = join(limpet.scratch.home, 'sent')
    await writeFile(file, sent)
    expect([name, await hashOfOutput(client, ['cat', file])]).toEqual([name, hash(sent)])
    bytes += sent.byteLength
  }
  bytes += await expectTornCharacters(client, limpet)
  await leaks.expectNone()
  recordFigure(
    'F18',
    `${Object.keys(CONTENTS).length + 1} contents, ${(bytes / 1e6).toFixed(0)} MB: all SHA-256 equal`,
  )
})

/** Every write ends inside a character, and the next one comes a moment later, in a record of its own. */
async function expectTornCharacters(client: Limpet, { scratch }: LimpetFixture): Promise<number> {
  const sent = Buffer.from('é€𝄞'.repeat(50))
  const file = join(scratch.home, 'torn')
  await writeFile(file, sent)
  const source = `
import os, sys, time
for byte in open(sys.argv[1], 'rb').read():
    os.write(1, bytes([byte]))
    time.sleep(0.0005)
`
  expect(await hashOfOutput(client, ['python3', '-c', source, file])).toBe(hash(sent))
  return sent.byteLength
}

async function hashOfOutput(client: Limpet, argv: readonly string[]): Promise<string> {
  const session = await client.open({ argv })
  const received = createHash('sha256')
  for await (const record of session.output) {
    if (record.type === 'gap') throw new Error('there is a gap')
    if (record.type === 'output') received.update(record.bytes)
  }
  await client.request('session.remove', { session: session.id })
  return received.digest('hex')
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
