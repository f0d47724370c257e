// A log on a real disk: every reader gets every byte, or a gap that names it.

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  ACKNOWLEDGE_STEP_BYTES,
  MAX_RECORD_PAYLOAD_BYTES,
  MIN_RETAIN_BYTES,
  RECORD_KIND,
} from '@limpet/protocol'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { DiskLog, findLog } from '../../src/log/index.ts'
import { systemFiles } from '../../src/log/log-files.ts'
import { MIN_SEGMENT_BYTES, RETAIN_DEGRADED_BYTES } from '../../src/log/limits.ts'
import { appendTo, checkRecords, FailingFiles, Reader, Scratch } from './fixtures.ts'

const RETAIN_BYTES = 1024 * 1024

/** What lies in a log's directory, oldest first. */
function filesOf(log: DiskLog): { name: string; bytes: number }[] {
  return readdirSync(log.directory)
    .filter((name) => name.endsWith('.log'))
    .toSorted()
    .map((name) => ({ name, bytes: statSync(join(log.directory, name)).size }))
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 90_000 }) }) },
  { weight: 2, arbitrary: fc.record({ flood: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.constant('flush' as const) },
  { weight: 1, arbitrary: fc.constant('rest' as const) },
  { weight: 1, arbitrary: fc.record({ open: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ reader: fc.nat(), limit: fc.integer({ min: 1, max: 300_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ fail: fc.constantFrom('ENOSPC', 'EIO', 'EMFILE', undefined) }),
  },
)

describe('DiskLog', () => {
  it('gives every reader each byte once, in order, or a gap that names it [LOG-2]', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.boolean(), async (steps, mayFail) => {
        using scratch = new Scratch()
        const files = new FailingFiles()
        const log = new DiskLog({ disk: scratch.disk(files), name: 's', retainBytes: RETAIN_BYTES })
        const readers = [new Reader(log, 0)]
        for (const action of steps) {
          if (action === 'flush') await log.flush()
          else if (action === 'rest') await log.close()
          else if ('append' in action) appendTo(log, action.append)
          else if ('flood' in action)
            for (let at = 0; at < action.flood; at++) appendTo(log, 60_000)
          else if ('open' in action) {
            readers.push(new Reader(log, Math.floor(action.open * log.end)))
          } else if ('fail' in action) files.failure = mayFail ? action.fail : undefined
          else readers[action.reader % readers.length]?.read(action.limit)
        }
        files.failure = undefined
        await Promise.all(readers.map((reader) => reader.drain(100_000)))
        await log.remove()
        expect(files.openCount).toBe(0)
      }),
      { numRuns: 40 },
    )
  }, 60_000)

  it('finds on disk the record of which only the last byte is asked for', async () => {
    using scratch = new Scratch()
    const log = new DiskLog({ disk: scratch.disk(), name: 's', retainBytes: RETAIN_BYTES })
    appendTo(log, 1)
    for (let at = 0; at < 10; at++) appendTo(log, 60_000)
    await log.flush()
    const readers = [0, 60_000, 60_001].map((from) => new Reader(log, from))
    await Promise.all(readers.map((reader) => reader.drain(100_000)))
    expect(readers.map(({ gaps }) => gaps)).toEqual([[], [], []])
    await log.remove()
  })

  it('keeps what retention promises, and no more than a segment beyond it [LOG-5]', async () => {
    using scratch = new Scratch()
    const log = new DiskLog({ disk: scratch.disk(), name: 's', retainBytes: RETAIN_BYTES })
    for (let at = 0; at < 100; at++) {
      appendTo(log, 50_000)
      await log.flush()
      const bytes = filesOf(log).reduce((sum, file) => sum + file.bytes, 0)
      expect(bytes).toBe(log.diskBytes)
      expect(bytes).toBeLessThanOrEqual(RETAIN_BYTES + MIN_SEGMENT_BYTES)
    }
    expect(log.end - log.keptFrom).toBeGreaterThan(RETAIN_BYTES * 0.99)
    expect(log.heldBytes).toBeLessThan(2 ** 20)
    await log.close()
    expect(log.heldBytes).toBe(0)
    const reader = new Reader(log, 0)
    await reader.drain()
    expect(reader.gaps).toEqual([{ from: 0, to: filesOf(log)[0] && log.keptFrom }])
  })

  it('holds nothing but records in its files, named by their first offset', async () => {
    using scratch = new Scratch()
    const log = new DiskLog({ disk: scratch.disk(), name: 's', retainBytes: 16 * RETAIN_BYTES })
    appendTo(log, 300_000)
    appendTo(log, 7, RECORD_KIND.stderr)
    for (let at = 0; at < 60; at++) appendTo(log, 40_000)
    await log.flush()
    const files = filesOf(log)
    expect(files.length).toBeGreaterThan(1)
    const offsets = files.map(({ name }) => Number.parseInt(name.slice(0, 16), 16))
    for (const [at, { name }] of files.entries()) {
      const bytes = readFileSync(join(log.directory, name))
      checkRecords([bytes], offsets[at] ?? 0, offsets[at + 1] ?? log.end)
      expect(statSync(join(log.directory, name)).mode & 0o777).toBe(0o600)
    }
    expect(statSync(log.directory).mode & 0o777).toBe(0o700)
    await log.remove()
    expect(readdirSync(scratch.path + '/sessions')).toEqual([])
  })

  it('makes nothing on disk for what is removed at once', async () => {
    using scratch = new Scratch()
    const files = new FailingFiles()
    const log = new DiskLog({ disk: scratch.disk(files), name: 's' })
    appendTo(log, 100)
    await log.remove()
    expect(files.made).toEqual([])
  })

  it('goes on in memory when the disk is full, says so once, and comes back [LOG-6]', async () => {
    using scratch = new Scratch()
    const files = new FailingFiles()
    const told: [boolean, string][] = []
    const log = new DiskLog({
      disk: scratch.disk(files),
      name: 's',
      handleDurability: (isDurable, reason) => told.push([isDurable, reason]),
    })
    files.freeBytes = 150_000
    for (let at = 0; at < 20; at++) appendTo(log, 10_000)
    await log.flush()
    expect(log.isDurable).toBe(false)
    // A short write, then none: whole records stay, the torn one does not.
    const [file] = filesOf(log)
    expect(file?.bytes).toBe(14 * 10_024)
    for (let at = 0; at < 300; at++) appendTo(log, 10_000)
    expect(log.heldBytes).toBeLessThan(RETAIN_DEGRADED_BYTES + 3 * 256 * 1024)
    files.freeBytes = Number.POSITIVE_INFINITY
    const freedMs = performance.now()
    await vi.waitUntil(() => log.isDurable, 8000)
    expect(performance.now() - freedMs).toBeLessThan(2000)
    await log.close()
    expect(told).toEqual([
      [false, 'The disk is full.'],
      [true, 'The disk takes data again.'],
    ])
    const reader = new Reader(log, 0)
    await reader.drain()
    expect(reader.gaps).toHaveLength(1)
    expect(reader.gaps[0]?.from).toBe(140_000)
    expect(filesOf(log)).toHaveLength(2)
  })

  it('begins anew when its directory was deleted, and what was in it is a gap', async () => {
    using scratch = new Scratch()
    const log = new DiskLog({ disk: scratch.disk(), name: 's' })
    appendTo(log, 700_000)
    await log.close()
    rmSync(log.directory, { recursive: true })
    const early = new Reader(log, 10)
    await early.drain()
    expect(early.gaps).toEqual([{ from: 10, to: 700_000 }])
    appendTo(log, 1000)
    await log.flush()
    expect(log.isDurable).toBe(false)
    await vi.waitUntil(() => log.isDurable, 8000)
    await log.close()
    const late = new Reader(log, 0)
    await late.drain()
    expect(late.gaps).toEqual([{ from: 0, to: 700_000 }])
  })

  it('lets go of what is oldest when the disk is slower than the process', async () => {
    using scratch = new Scratch()
    const files = new FailingFiles()
    const log = new DiskLog({ disk: scratch.disk(files), name: 's' })
    let open = (): void => {}
    files.gate = new Promise((resolve) => (open = resolve))
    for (let at = 0; at < 400; at++) {
      const { safeBytes, keptFrom, end } = log
      appendTo(log, 60_000)
      // Who is no further behind than that has lost nothing.
      expect(log.keptFrom).toBeLessThanOrEqual(Math.max(keptFrom, end - safeBytes))
    }
    expect(log.heldBytes).toBeLessThanOrEqual(9 * 2 ** 20)
    open()
    await log.close()
    const reader = new Reader(log, 0)
    await reader.drain()
    expect(reader.gaps).toHaveLength(1)
    expect(log.isDurable).toBe(true)
  })

  it('writes nothing that retention would remove at once, and who reads behind is told so once', async () => {
    using scratch = new Scratch()
    const files = new FailingFiles()
    const log = new DiskLog({ disk: scratch.disk(files), name: 's', retainBytes: RETAIN_BYTES })
    for (let at = 0; at < 20; at++) appendTo(log, 50_000)
    await log.flush()
    const before = filesOf(log).map(({ name }) => name)
    let open = (): void => {}
    files.gate = new Promise((resolve) => (open = resolve))
    for (let at = 0; at < 120; at++) appendTo(log, 50_000)
    const reader = new Reader(log, 0)
    const drained = reader.drain(60_000)
    open()
    await Promise.all([drained, log.close()])
    expect(reader.gaps.length).toBeLessThanOrEqual(2)
    const { length } = files.made
    // Of 6 MB, 1 MiB in files of 128 KiB, a slab of memory, and what was on its way when the disk stood still.
    expect(length - before.length).toBeLessThanOrEqual(16)
    expect(log.end - log.keptFrom).toBeGreaterThan(RETAIN_BYTES * 0.99)
    await log.remove()
  })

  it('takes nothing by the next append from who is no further behind than it calls safe [FLOW-4]', async () => {
    using scratch = new Scratch()
    const log = new DiskLog({ disk: scratch.disk(), name: 's', retainBytes: 16 * RETAIN_BYTES })
    for (let at = 0; at < 400; at++) {
      const { end, keptFrom, safeBytes } = log
      appendTo(log, MAX_RECORD_PAYLOAD_BYTES)
      await log.flush()
      expect(log.keptFrom).toBeLessThanOrEqual(Math.max(keptFrom, end - safeBytes))
    }
    await log.remove()
  })

  it('tells one gap where a file is gone and the next one holds something else [LOG-2]', async () => {
    using scratch = new Scratch()
    const log = new DiskLog({ disk: scratch.disk(), name: 's', retainBytes: RETAIN_BYTES })
    for (let at = 0; at < 9; at++) appendTo(log, 40_000)
    await log.close()
    const [first, second, third] = filesOf(log)
    if (!first || !second || !third) throw new Error('three files were expected')
    writeFileSync(join(log.directory, second.name), Buffer.alloc(second.bytes))
    const to = Number.parseInt(third.name, 16)
    rmSync(join(log.directory, first.name))
    const reader = new Reader(log, 0)
    await reader.drain()
    expect(reader.gaps).toEqual([{ from: 0, to }])
    await log.remove()
  })

  it('has room for what a lossless viewer may owe, however little it keeps [FLOW-4]', async () => {
    using scratch = new Scratch()
    const log = new DiskLog({ disk: scratch.disk(), name: 's', retainBytes: MIN_RETAIN_BYTES })
    let least = Number.POSITIVE_INFINITY
    for (let at = 0; at < 100; at++) {
      appendTo(log, 50_000)
      await log.flush()
      least = Math.min(least, log.safeBytes)
    }
    // The pace leaves half of it as a margin.
    expect(least / 2).toBeGreaterThan(ACKNOWLEDGE_STEP_BYTES + MAX_RECORD_PAYLOAD_BYTES)
    await log.remove()
  })

  it('opens again from its layout, and from its files alone', async () => {
    using scratch = new Scratch()
    const disk = scratch.disk()
    const log = new DiskLog({ disk, name: 's', retainBytes: RETAIN_BYTES })
    for (let at = 0; at < 60; at++) appendTo(log, 50_000)
    await log.close()
    const found = await findLog(systemFiles, log.directory)
    expect(found.layout).toEqual(log.layout)
    const again = new DiskLog({ disk, name: 's', layout: found.layout })
    expect([again.keptFrom, again.end, again.diskBytes]).toEqual([
      log.keptFrom,
      log.end,
      log.diskBytes,
    ])
    for (const share of [0, 0.13, 0.5, 0.77, 0.999]) {
      const offset = Math.floor(log.keptFrom + share * (log.end - log.keptFrom))
      const reader = new Reader(again, offset)
      await reader.drain()
      expect(reader.gaps).toEqual([])
    }
  })
})
