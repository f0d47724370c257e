// F26: somebody opens connections until there are no more descriptors, or until there would be none.

import { readFileSync } from 'node:fs'
import { connect as connectSocket, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises' // fixed wait: processor time is measured over some
import { connect } from '@limpet/client'
import {
  openDescriptors,
  recordFigure,
  runProgram,
  startLimpet,
  waitFor,
  type LimpetFixture,
} from '@limpet/testkit'
import { expect, test } from 'vitest'

const DESCRIPTORS = 128
const SOCKETS = 300
const MEASURED_MS = 2000
const MOST_CPU_SHARE = 0.2
const RECOVERED_MS = 2000

/** Opens connections that ask nothing, and again whenever one is hung up on. */
class Crowd implements Disposable {
  readonly #sockets = new Set<Socket>()
  #isOver = false
  dropped = 0

  constructor(port: number, count: number) {
    for (let i = 0; i < count; i += 1) this.#open(port)
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    for (const socket of this.#sockets) socket.destroy()
  }

  #open(port: number): void {
    const socket = connectSocket(port, '127.0.0.1')
    this.#sockets.add(socket)
    socket.on('error', () => {}) // 'close' follows
    socket.on('close', () => {
      this.#sockets.delete(socket)
      if (this.#isOver) return
      this.dropped += 1
      setTimeout(() => {
        if (!this.#isOver) this.#open(port)
      }, 100)
    })
  }
}

/** Processor time of a process so far, in milliseconds (100 ticks a second). */
function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

async function crowdOut(limpet: LimpetFixture): Promise<string> {
  const client = await limpet.connect()
  const session = await client.open({ argv: ['cat'] })
  let cpuShare = 0
  let dropped = 0
  let most = 0
  {
    using crowd = new Crowd(Number(new URL(limpet.url).port), SOCKETS)
    await waitFor('the first to be dropped', () => crowd.dropped > 50)
    const before = processorMs(limpet.pid)
    const startedMs = performance.now()
    await pause(MEASURED_MS) // fixed wait: processor time is measured over some
    cpuShare = (processorMs(limpet.pid) - before) / (performance.now() - startedMs)
    most = openDescriptors(limpet.pid).length
    // Who was there before is served as if nothing were.
    expect((await client.sessions()).map(({ state }) => state)).toEqual(['running'])
    dropped = crowd.dropped
  }
  const startedMs = performance.now()
  await waitFor('an honest request to be served', async () => {
    const answer = await fetch(`${limpet.url}healthz`).catch(() => undefined)
    return answer?.status === 200
  })
  const newcomer = await connect(limpet.url, { token: limpet.token })
  const recoveredMs = performance.now() - startedMs
  await newcomer.close()
  await session.kill({ force: true })
  await client.close()
  expect(limpet.gateway.hasExited).toBe(false)
  expect(cpuShare).toBeLessThan(MOST_CPU_SHARE)
  expect(recoveredMs).toBeLessThan(RECOVERED_MS)
  return (
    `${SOCKETS} connections, ${dropped} dropped, ${most} descriptors open: ` +
    `${(cpuShare * 100).toFixed(0)} % of a processor, well again after ${recoveredMs.toFixed(0)} ms`
  )
}

async function limitDescriptors(pid: number): Promise<void> {
  const limit = `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`
  const { code, stderr } = await runProgram(['prlimit', '--pid', `${pid}`, limit])
  expect([code, stderr.toString()]).toEqual([0, ''])
}

test('F26: a gateway whose descriptors run out drops who comes, stays calm and recovers', async () => {
  await using limpet = await startLimpet()
  await limitDescriptors(limpet.pid)
  recordFigure('F26', await crowdOut(limpet), 'taken away while it runs')
})

test('F26: a gateway that is started with few descriptors keeps some for those it serves', async () => {
  await using limpet = await startLimpet()
  await limpet.stopGateway()
  // What this process starts inherits its limit; the test's own is put back at once.
  const own = /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
  const [, soft = '', hard = ''] = own ?? []
  await runProgram(['prlimit', '--pid', `${process.pid}`, `--nofile=${DESCRIPTORS}:${hard}`])
  const started = limpet.restartGateway()
  await runProgram(['prlimit', '--pid', `${process.pid}`, `--nofile=${soft}:${hard}`])
  await started
  await limitDescriptors(limpet.pid)
  recordFigure('F26', await crowdOut(limpet), 'few from the start')
})
