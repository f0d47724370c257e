import { beforeEach, describe, expect, it } from 'vitest'
import { Heartbeat } from '../../src/core/heartbeat.ts'
import {
  HEARTBEAT_TICK_MS,
  PING_DEADLINE_MS,
  PROBE_DEADLINE_MS,
  QUIET_MS,
} from '../../src/core/limits.ts'
import { ManualRuntime } from '../support/manual-runtime.ts'

describe('the heartbeat', () => {
  let runtime: ManualRuntime
  let said: string[]
  let heartbeat: Heartbeat

  beforeEach(() => {
    runtime = new ManualRuntime()
    said = []
    heartbeat = new Heartbeat({
      runtime,
      ping: () => said.push('ping'),
      handleDead: (silentMs) => said.push(`dead after ${silentMs}`),
    })
  })

  it('asks only when it has been quiet for the whole interval', async () => {
    await runtime.advance(QUIET_MS - 1)
    heartbeat.heard()
    await runtime.advance(QUIET_MS)
    expect(said).toEqual([])
    await runtime.advance(HEARTBEAT_TICK_MS)
    expect(said).toEqual(['ping'])
  })

  it('never asks a peer that speaks', async () => {
    for (let i = 0; i < 100; i++) {
      heartbeat.heard()
      await runtime.advance(QUIET_MS / 2)
    }
    expect(said).toEqual([])
  })

  it('is satisfied by any frame after the ping, and goes on', async () => {
    await runtime.advance(QUIET_MS)
    heartbeat.heard()
    await runtime.advance(PING_DEADLINE_MS)
    expect(said).toEqual(['ping'])
    await runtime.advance(QUIET_MS)
    expect(said).toEqual(['ping', 'ping'])
  })

  it('says that the peer is dead when nothing comes in time, once', async () => {
    await runtime.advance(QUIET_MS + PING_DEADLINE_MS)
    expect(said).toEqual(['ping', `dead after ${PING_DEADLINE_MS}`])
    await runtime.advance(10 * QUIET_MS)
    expect(said).toHaveLength(2)
  })

  it('asks at once on a probe, with the short deadline', async () => {
    heartbeat.heard()
    heartbeat.probe(PROBE_DEADLINE_MS)
    expect(said).toEqual(['ping'])
    await runtime.advance(PROBE_DEADLINE_MS)
    expect(said).toEqual(['ping', `dead after ${PROBE_DEADLINE_MS}`])
  })

  it('leaves no timer when it is stopped', () => {
    heartbeat.stop()
    expect(runtime.pendingMs).toEqual([])
  })
})
