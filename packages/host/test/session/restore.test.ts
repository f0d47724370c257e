// What a host finds in its state directory when it starts: its own sessions, and whatever else lies there.

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { byteOffset, RECORD_KIND, sessionIdFrom, type SessionInfo } from '@limpet/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DiskLog, type LogDisk } from '../../src/log/index.ts'
import { keepPlan } from '../../src/session/kept-plan.ts'
import { restoreSessions, type RestoredSession } from '../../src/session/restore.ts'
import { encodeSessionRecord, RECORD_FILE } from '../../src/session/session-record.ts'
import { appendTo, Reader, Scratch } from '../log/fixtures.ts'
import { pipesPlan } from './session-bench.ts'

let scratch: Scratch
let disk: LogDisk
let faults: string[]
let count: number

beforeEach(() => {
  scratch = new Scratch()
  disk = scratch.disk()
  faults = []
  count = 0
})
afterEach(() => scratch[Symbol.dispose]())

/** An ended session of 3 segments on disk. @returns its id and where its facts are */
async function kept(): Promise<{ info: SessionInfo; log: DiskLog; file: string }> {
  const id = sessionIdFrom(new Uint8Array(16).fill(++count))
  const log = new DiskLog({ disk, name: id, retainBytes: 1024 * 1024 })
  for (let at = 0; at < 6; at++) appendTo(log, 50_000)
  appendTo(log, 30, RECORD_KIND.exit)
  await log.close()
  const info: SessionInfo = {
    id,
    program: 'test',
    title: 'cat',
    cwd: '/',
    lifetime: 'kept',
    state: 'ended',
    startedAt: count,
    endedAt: 1000 + count,
    exit: { code: 3, signal: null, durationMs: 1 },
    keptFrom: byteOffset(0),
    end: byteOffset(log.end),
    isDurable: true,
    viewers: 0,
    name: `session ${count}`,
    labels: { team: 'red' },
  }
  const file = join(log.directory, RECORD_FILE)
  const plan = keepPlan(pipesPlan)
  writeFileSync(
    file,
    encodeSessionRecord({ session: info, plan, seen: [['ada', 7]], log: log.layout }),
  )
  return { info, log, file }
}

const restore = (): Promise<readonly RestoredSession[]> =>
  restoreSessions(disk, { log() {}, fault: (event) => void faults.push(event) })

function change(file: string, changes: object): void {
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...changes }))
}

it('takes what it can read, says what it cannot, and leaves that alone [LOG-4]', async () => {
  const good = await kept()
  const [empty, torn, newer, other] = [await kept(), await kept(), await kept(), await kept()]
  writeFileSync(empty.file, '')
  writeFileSync(torn.file, readFileSync(torn.file, 'utf8').slice(0, 200))
  change(newer.file, { version: 2 })
  change(other.file, { session: { ...other.info, id: good.info.id } })
  mkdirSync(join(disk.directory, 'lost+found'))
  writeFileSync(join(disk.directory, 'README'), 'not a session')
  symlinkSync('/nowhere', join(disk.directory, 'link'))
  const [one, ...rest] = await restore()
  expect(rest).toEqual([])
  expect(one).toMatchObject({ session: good.info, seen: [['ada', 7]], isChanged: false })
  expect(faults).toEqual(Array.from({ length: 7 }, () => 'session.unreadable'))
  for (const { file } of [empty, torn, newer, other]) expect(readFileSync(file)).toBeDefined()
})

it('skips fields that it does not know: a newer host of this version wrote them', async () => {
  const { file, info } = await kept()
  change(file, {
    mood: 'good',
    session: { ...info, colour: 'blue' },
    plan: { ...keepPlan(pipesPlan), nice: 3 },
    seen: [['ada', 7], ['bob', 'yesterday'], 'nobody'],
  })
  const [one] = await restore()
  expect(one).toMatchObject({ session: { id: info.id, exit: { code: 3 } }, seen: [['ada', 7]] })
})

it.each([
  ['is missing', undefined],
  [
    'is out of order',
    {
      end: 300_030,
      segments: [
        [200_000, 100_048],
        [0, 100_048],
      ],
    },
  ],
  [
    'begins twice',
    {
      end: 300_030,
      segments: [
        [0, 100_048],
        [0, 100_048],
      ],
    },
  ],
  [
    'ends before it begins',
    {
      end: 10,
      segments: [
        [0, 100_048],
        [200_000, 100_078],
      ],
    },
  ],
])('looks at the files when the list of them %s', async (_name, layout) => {
  const { file, log } = await kept()
  change(file, { log: layout })
  const [one] = await restore()
  expect(one?.log).toEqual(log.layout)
  const again = new DiskLog({ disk, name: one?.session.id ?? '', layout: one?.log })
  const reader = new Reader(again, 0)
  await reader.drain()
  expect(reader.gaps).toEqual([])
})
