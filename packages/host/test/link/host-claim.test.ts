import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processStart, writeHostFile, type HostFile } from '@limpet/link'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { claimState, renewClaim } from '../../src/link/index.ts'

function hostFile(pid: number, start: string): HostFile {
  return { socket: '/nowhere', pid, processStart: start, startedAt: 1, protocol: 1, build: 'test' }
}

describe('claimState', () => {
  let state: string
  beforeEach(async () => void (state = await mkdtemp(join(tmpdir(), 'limpet-claim-'))))
  afterEach(async () => rm(state, { recursive: true }))

  const claim = (takeOver: () => Promise<void>) =>
    claimState({ stateDirectory: state, socketPath: socket(), clock: systemClock(), takeOver })
  const socket = (): string => join(state, 'host.sock')

  it('lets one of many that start at once take over', async () => {
    const self = hostFile(process.pid, processStart(process.pid) ?? '')
    let taken = 0
    const claims = Array.from({ length: 20 }, () =>
      claim(async () => {
        taken++
        await writeHostFile(state, self)
      }),
    )
    const others = (await Promise.all(claims)).filter((file) => file !== undefined)
    expect({ taken, others: others.length }).toEqual({ taken: 1, others: 19 })
    expect(await readdir(state)).toEqual(['host.json'])
  })

  it('takes over from a host whose process is gone, or whose number another process has', async () => {
    await writeHostFile(state, hostFile(process.pid, 'some other start'))
    let taken = 0
    expect(await claim(async () => void taken++)).toBeUndefined()
    expect(taken).toBe(1)
  })

  it('releases the guard when taking over fails', async () => {
    const failing = claim(() => Promise.reject(new Error('no socket')))
    await expect(failing).rejects.toThrow('no socket')
    expect(await readdir(state)).toEqual([])
  })

  it('is not held up for ever by a guard that a dead process left', async () => {
    const guard = join(state, 'host.lock')
    await mkdir(guard)
    await utimes(guard, new Date(0), new Date(0))
    let taken = 0
    await claim(async () => void taken++)
    expect(taken).toBe(1)
  })

  it('lets one of many take over that find such a guard at the same moment', async () => {
    for (let round = 0; round < 20; round++) {
      await rm(join(state, 'host.json'), { force: true })
      const guard = join(state, 'host.lock')
      await mkdir(guard)
      await utimes(guard, new Date(0), new Date(0))
      let inside = 0
      let most = 0
      const claims = Array.from({ length: 8 }, () =>
        claim(async () => {
          most = Math.max(most, ++inside)
          await new Promise((resolve) => void setImmediate(resolve))
          inside--
        }),
      )
      await Promise.all(claims)
      expect(most).toBe(1)
    }
    expect(await readdir(state)).toEqual([])
  })

  it('takes nothing from who listens at the socket, also without a file', async () => {
    const server = createServer((peer) => peer.on('error', () => {})).listen(socket())
    await new Promise((resolve) => void server.once('listening', resolve))
    try {
      const found = await claim(() => Promise.reject(new Error('taken over')))
      expect(found).toEqual({ pid: 0, build: 'unknown' })
    } finally {
      server.close()
    }
  })
})

describe('renewClaim', () => {
  let state: string
  beforeEach(async () => void (state = await mkdtemp(join(tmpdir(), 'limpet-claim-'))))
  afterEach(async () => rm(state, { recursive: true }))

  it('writes the file again when it is gone or of a dead host, and never over that of a living one', async () => {
    const living = hostFile(process.pid, processStart(process.pid) ?? '')
    const own = hostFile(process.ppid, processStart(process.ppid) ?? '')
    expect(await renewClaim(state, own)).toBe('renewed')
    expect(await renewClaim(state, own)).toBe('held')
    await writeHostFile(state, hostFile(process.pid, 'some other start'))
    expect(await renewClaim(state, own)).toBe('renewed')
    await writeHostFile(state, living)
    expect(await renewClaim(state, own)).toBe('lost')
  })
})
