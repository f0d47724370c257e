// F27, F28 and F30: the disk of the logs is full, read-only or gone, and segments come and go under load.

import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeRecords, factOf, type Marker, type SessionId } from '@limpet/protocol'
import {
  inRound,
  leakCheck,
  makeScratch,
  HostFixture,
  recordFigure,
  startHost,
  waitFor,
  type RawLink,
} from '@limpet/testkit'
import { expect, test } from 'vitest'
import { acknowledgeAll, check, readLog } from './log-readers.ts'

const MEBIBYTE = 1024 * 1024
const SEGMENT_BYTES = 128 * 1024
const ROTATIONS = inRound(200, 1000)

/** A host whose logs lie on a file system of their own. */
class SmallDisk implements AsyncDisposable {
  readonly host: HostFixture
  readonly directory: string
  #isMounted = false

  private constructor(host: HostFixture) {
    this.host = host
    this.directory = join(host.stateDirectory, 'sessions')
  }

  /** @param options as mount(8) takes them; needs to be root */
  static async start(options: string): Promise<SmallDisk> {
    const disk = new SmallDisk(new HostFixture(await makeScratch(), {}))
    try {
      await mkdir(disk.directory, { mode: 0o700, recursive: true })
      execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk.directory])
      disk.#isMounted = true
      await disk.host.start()
      return disk
    } catch (error) {
      await disk[Symbol.asyncDispose]().catch(() => {}) // the first failure is the one to tell
      throw error
    }
  }

  remount(options: string): void {
    execFileSync('mount', ['-o', `remount,${options}`, this.directory])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.host.server.end('SIGTERM').catch(() => {}) // it was never started
    } finally {
      // Lazy: nobody may be kept from ending by a test that failed.
      if (this.#isMounted) execFileSync('umount', ['-l', this.directory])
      await this.host[Symbol.asyncDispose]()
    }
  }
}

/** A program that writes what it is told to: "n" lines of 1000 bytes for each number. */
async function openWriter(
  host: HostFixture,
  link: RawLink,
  retainBytes = 16 * MEBIBYTE,
): Promise<SessionId> {
  const line = `printf "%0999d\\n" 7`
  const script = `while read -r n; do i=0; while [ $i -lt $n ]; do ${line}; i=$((i+1)); done; done`
  const plan = host.plan(['sh', '-c', script], { retainBytes })
  const { session } = await link.request('session.open', { plan, view: host.view(1) })
  return session.id
}

class Writer {
  readonly #link: RawLink
  #sequence = 0
  #lines = 0
  constructor(link: RawLink) {
    this.#link = link
  }
  /** Resolves when the viewer has them. */
  async write(lines: number): Promise<void> {
    this.#lines += lines
    this.#sequence += 1
    this.#link.input({ attachment: 1, sequence: this.#sequence, bytes: `${lines}\n` })
    await this.#link.until('the lines', () => this.#link.outputOf(1).length >= this.#lines * 1000)
  }
  get bytes(): number {
    return this.#lines * 1000
  }
}

function logMarkers(link: RawLink): Extract<Marker, { type: 'log' }>[] {
  return link
    .recordsOf(1)
    .map(factOf)
    .flatMap((fact) => (fact.type === 'marker' && fact.marker.type === 'log' ? [fact.marker] : []))
}

async function isDurable(link: RawLink, id: SessionId): Promise<boolean | undefined> {
  const { sessions } = await link.request('session.list', {})
  return sessions.find((one) => one.id === id)?.isDurable
}

test('[LOG-6] F27: on a full disk a session goes on in memory, says so, and is on disk again when there is space', async () => {
  await using disk = await SmallDisk.start('size=1m')
  const { host } = disk
  using link = await host.link()
  const leaks = leakCheck(host)
  const stop = acknowledgeAll(link, 1)
  const id = await openWriter(host, link)
  const writer = new Writer(link)
  for (let at = 0; at < 25; at += 1) await writer.write(100)
  await link.until('the marker', () => logMarkers(link).length === 1)
  expect(logMarkers(link)).toEqual([{ type: 'log', isDurable: false, reason: 'The disk is full.' }])
  expect(await isDurable(link, id)).toBe(false)
  disk.remount('size=64m')
  const freedMs = performance.now()
  await link.until('the second marker', () => logMarkers(link).length === 2)
  const backMs = performance.now() - freedMs
  expect(logMarkers(link)[1]).toMatchObject({ isDurable: true })
  expect(backMs).toBeLessThan(2000)
  expect(await isDurable(link, id)).toBe(true)
  await writer.write(300)
  stop()
  const live = check(link.recordsOf(1), 0)
  expect([live.gaps, live.output.length]).toEqual([[], writer.bytes])
  const later = await readLog(host, link, { session: id, attachment: 2 })
  expect(later.gaps.length).toBeLessThanOrEqual(1)
  await expectSameBytes(join(disk.directory, id), link)
  await link.request('session.kill', { session: id, force: true })
  await link.exitOf(1)
  await link.request('session.remove', { session: id })
  await leaks.expectNone()
  const { from, to } = later.gaps[0] ?? { from: 0, to: 0 }
  recordFigure(
    'F27',
    `in memory when 1 MiB was full, on disk again after ${backMs.toFixed(0)} ms (≤ 2 s); 0 bytes lost to the viewer, ${to - from} bytes a gap for later ones, 0 records torn`,
  )
})

test('[LOG-6] F28: a read-only disk, and logs that are deleted, stop neither session nor host', async () => {
  await using disk = await SmallDisk.start('size=64m')
  const { host } = disk
  using link = await host.link()
  const leaks = leakCheck(host)
  const stop = acknowledgeAll(link, 1)
  const id = await openWriter(host, link)
  const writer = new Writer(link)
  await writer.write(600)
  const directory = join(disk.directory, id)
  await waitFor('the log', async () => (await readdir(directory).catch(() => [])).length >= 2)
  // Nothing may be open for writing at that moment; a log in a trickle opens its file for each write.
  await waitFor('a read-only disk', () => {
    try {
      disk.remount('ro')
      return true
    } catch {
      return false
    }
  })
  await writer.write(100)
  await link.until('the first marker', () => logMarkers(link).length === 1)
  expect(logMarkers(link)[0]).toMatchObject({ isDurable: false, reason: 'The disk is read-only.' })
  disk.remount('rw')
  await link.until('the second marker', () => logMarkers(link).length === 2)
  await writer.write(100)
  await rm(directory, { recursive: true })
  await writer.write(100)
  await link.until('four markers', () => logMarkers(link).length === 4)
  expect(logMarkers(link).map((marker) => marker.isDurable)).toEqual([false, true, false, true])
  await writer.write(500)
  stop()
  const live = check(link.recordsOf(1), 0)
  expect([live.gaps, live.output.length]).toEqual([[], writer.bytes])
  const later = await readLog(host, link, { session: id, attachment: 2 })
  expect(later.gaps).toHaveLength(1)
  await waitFor('session.json again', async () =>
    (await readdir(directory)).includes('session.json'),
  )
  await link.request('session.kill', { session: id, force: true })
  await link.exitOf(1)
  await link.request('session.remove', { session: id })
  await leaks.expectNone()
  recordFigure(
    'F28',
    'read-only and deleted: 0 bytes lost to the viewer, markers in the log, on disk again both times',
  )
})

test(`[LOG-5] F30: ${ROTATIONS} rotations leave no gap to the viewer, and the disk within its limit and one segment`, async () => {
  await using host = await startHost()
  using link = await host.link()
  const leaks = leakCheck(host)
  const stop = acknowledgeAll(link, 1)
  const total = ROTATIONS * SEGMENT_BYTES
  const plan = host.plan(['sh', '-c', `read -r go; head -c ${total} /dev/zero`], {
    retainBytes: MEBIBYTE,
  })
  const { session } = await link.request('session.open', { plan, view: host.view(1) })
  const directory = join(host.stateDirectory, 'sessions', session.id)
  link.input({ attachment: 1, sequence: 1, bytes: '\n' })
  const exit = link.exitOf(1)
  let mostBytes = 0
  const progress = { hasEnded: false }
  void exit.then(() => (progress.hasEnded = true))
  while (!progress.hasEnded) mostBytes = Math.max(mostBytes, await logBytes(directory))
  await exit
  stop()
  const live = check(link.recordsOf(1), 0)
  expect([live.gaps, live.output.length]).toEqual([[], total])
  const info = await waitFor('the log to be final', async () => {
    const { sessions } = await link.request('session.list', {})
    const found = sessions.find(({ id }) => id === session.id)
    return found && found.end - found.keptFrom < MEBIBYTE + SEGMENT_BYTES && found
  })
  const later = await readLog(host, link, {
    session: session.id,
    attachment: 2,
    from: info.keptFrom,
  })
  expect(later.gaps).toEqual([])
  expect(info.end - info.keptFrom).toBeGreaterThan(MEBIBYTE * 0.9)
  await link.request('session.remove', { session: session.id })
  await leaks.expectNone()
  expect(mostBytes).toBeGreaterThan(0)
  expect(mostBytes).toBeLessThanOrEqual(MEBIBYTE + SEGMENT_BYTES)
  recordFigure(
    'F30',
    `${ROTATIONS} rotations: 0 gaps, at most ${(mostBytes / MEBIBYTE).toFixed(2)} MiB on disk of 1 MiB and a segment`,
  )
})

/** Files that are written and removed meanwhile: what was seen in one listing at most. */
async function logBytes(directory: string): Promise<number> {
  const names = await readdir(directory).catch(() => [])
  const sizes = names
    .filter((name) => name.endsWith('.log'))
    .map((name) =>
      stat(join(directory, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** Records, files and frames are the same bytes: what lies on disk is what the viewer was sent. */
async function expectSameBytes(directory: string, link: RawLink): Promise<void> {
  const received = new Map(link.recordsOf(1).map((record) => [record.offset, record]))
  const names = (await readdir(directory)).filter((name) => name.endsWith('.log'))
  let compared = 0
  for (const name of names) {
    const bytes = await readFile(join(directory, name))
    const { records, consumedBytes } = decodeRecords(bytes)
    expect(consumedBytes).toBe(bytes.length)
    expect(records[0]?.offset).toBe(Number.parseInt(name.slice(0, 16), 16))
    for (const record of records) {
      const sent = received.get(record.offset)
      expect({ ...sent, payload: undefined }).toEqual({ ...record, payload: undefined })
      if (!Buffer.from(sent?.payload ?? []).equals(record.payload)) {
        throw new Error(`other bytes at ${record.offset}`)
      }
      compared += 1
    }
  }
  expect(compared).toBeGreaterThan(10)
}

test('a directory that cannot be read is left alone, and the host starts', async () => {
  await using host = await startHost()
  await host.server.end('SIGTERM')
  const directory = join(host.stateDirectory, 'sessions', 'a'.repeat(32))
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'session.json'), '{"version":1,"session":')
  await host.start()
  using link = await host.link()
  expect((await link.request('session.list', {})).sessions).toEqual([])
  expect(await readdir(directory)).toEqual(['session.json'])
  expect(host.server.transcript()).toContain('session.unreadable')
})
