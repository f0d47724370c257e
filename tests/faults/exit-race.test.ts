// F33, F34: what a program wrote before it ended comes before its end, whoever still holds its output.

import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Limpet } from '@limpet/client'
import { factOf, RECORD_KIND, type LogRecord, type SessionId } from '@limpet/protocol'
import {
  inRound,
  leakCheck,
  recordFigure,
  startHost,
  startLimpet,
  waitFor,
  type HostFixture,
  type RawLink,
} from '@limpet/testkit'
import { expect, test } from 'vitest'

const ROUNDS = inRound(50, 500)
const OUTPUT_BYTES = 1024 * 1024

/** How long the host reads on after an exit, and the room that a loaded machine gets. */
const DRAIN_MS = 500
const EXIT_MS = 200
const TOLERANCE_MS = 150

test(`[LOG-4] F34: in ${ROUNDS} rounds all of 1 MiB comes before the exit, with its status`, async () => {
  await using limpet = await startLimpet()
  await using client = await limpet.connect()
  const leaks = leakCheck(limpet)
  // Without line ends: a terminal would add to them.
  const sent = randomBytes((OUTPUT_BYTES / 4) * 3).toString('base64')
  const expected = createHash('sha256').update(sent).digest('hex')
  const file = join(limpet.scratch.home, 'sent')
  await writeFile(file, sent)
  for (let round = 0; round < ROUNDS; round += 1) {
    const code = round % 256
    const argv = ['sh', '-c', `cat "$0"; exit ${code}`, file]
    const seen = await readToEnd(client, argv, round % 2 === 1)
    expect([round, seen]).toEqual([round, { hash: expected, exits: [code], after: 0 }])
  }
  await leaks.expectNone()
  recordFigure(
    'F34',
    `${ROUNDS} rounds of 1 MiB, pipes and terminals in turn: 0 bytes missing, ${ROUNDS} exit codes right, each once`,
  )
})

interface Seen {
  readonly hash: string
  readonly exits: readonly (number | null)[]
  /** Records behind the exit. */
  readonly after: number
}

async function readToEnd(client: Limpet, argv: readonly string[], tty: boolean): Promise<Seen> {
  const session = await client.open({ argv, tty })
  const received = createHash('sha256')
  const exits: (number | null)[] = []
  let after = 0
  for await (const record of session.output) {
    if (exits.length > 0) after += 1
    if (record.type === 'output') received.update(record.bytes)
    if (record.type === 'exit') exits.push(record.exit.code)
  }
  await client.request('session.remove', { session: session.id })
  return { hash: received.digest('hex'), exits, after }
}

test('[LOG-4] F33: a program that closes its output runs on, and its exit is reported at once', async () => {
  await using host = await startHost()
  using link = await host.link()
  const leaks = leakCheck(host)
  // It says when it ends where the host cannot miss it: in a file.
  const ended = join(host.scratch.home, 'ended')
  const script = `echo out; exec >&- 2>&-; read line; date +%s%6N >${ended}; exit 4`
  const session = await open(host, link, script)
  await link.until('the output', () => link.outputOf(1) === 'out\n')
  const { sessions } = await link.request('session.list', {})
  expect(sessions.map(({ state }) => state)).toEqual(['running'])
  link.input({ attachment: 1, sequence: 1, bytes: '\n' })
  expect(await link.exitOf(1)).toMatchObject({ code: 4, signal: null })
  const lateMs = (timeOfExit(link) - Number(await readWhenThere(ended))) / 1000
  expect(lateMs).toBeLessThan(EXIT_MS)
  await link.request('session.remove', { session })
  await leaks.expectNone()
  recordFigure('F33', `exit reported after ${lateMs.toFixed(1)} ms (≤ ${EXIT_MS})`, 'output closed')
})

test('[LOG-4] F33: output that a child holds open is read on for 500 ms, then given up, and a marker says so', async () => {
  await using host = await startHost()
  using link = await host.link()
  const leaks = leakCheck(host)
  const script = `(trap '' HUP; while :; do echo child; sleep 0.05; done) & echo parent; date +%s%6N; exit 5`
  const session = await open(host, link, script)
  expect(await link.exitOf(1)).toMatchObject({ code: 5, signal: null })
  const output = link.outputOf(1)
  const exitedUs = Number(/^\d{16}$/m.exec(output)?.[0])
  const lateMs = (timeOfExit(link) - exitedUs) / 1000
  expect(lateMs).toBeGreaterThan(DRAIN_MS - 50)
  expect(lateMs).toBeLessThan(DRAIN_MS + TOLERANCE_MS)
  // What the child wrote in the time of grace is kept, what it wrote later is not.
  expect(output.match(/^child$/gm)?.length).toBeGreaterThan(3)
  const discarded = link.recordsOf(1).filter(isDiscardMarker)
  expect(discarded).not.toEqual([])
  expect(link.recordsOf(1).at(-1)?.kind).toBe(RECORD_KIND.exit)
  await link.request('session.remove', { session })
  // The child was to end with the session.
  await leaks.expectNone()
  recordFigure(
    'F33',
    `drained for ${lateMs.toFixed(0)} ms (≤ 500), then a marker and the exit; the child was ended`,
    'output held by a child',
  )
})

async function open(host: HostFixture, link: RawLink, script: string): Promise<SessionId> {
  const plan = host.plan(['bash', '-c', script])
  const { session } = await link.request('session.open', { plan, view: host.view(1) })
  return session.id
}

function timeOfExit(link: RawLink): number {
  const record = link.recordsOf(1).find(({ kind }) => kind === RECORD_KIND.exit)
  if (record === undefined) throw new Error('there is no exit record')
  return record.timeUs
}

function isDiscardMarker(record: LogRecord): boolean {
  const fact = record.kind === RECORD_KIND.marker ? factOf(record) : undefined
  return fact?.type === 'marker' && fact.marker.type === 'output-discarded'
}

async function readWhenThere(file: string): Promise<string> {
  return waitFor(file, async () => {
    const text = await readFile(file, 'utf8').catch(() => '')
    return text.endsWith('\n') && text
  })
}
