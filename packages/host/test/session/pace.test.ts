import { byteOffset, RECORD_KIND } from '@limpet/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MemoryLog } from '../../src/log/index.ts'
import { STALL_MS } from '../../src/session/limits.ts'
import { Pace } from '../../src/session/pace.ts'
import { ManualClock, viewerOf, type Viewer } from './fixtures.ts'

const WINDOW = 2000

function setUp(count: number) {
  const log = new MemoryLog()
  const clock = new ManualClock()
  const viewers = Array.from({ length: count }, (_, at) =>
    viewerOf({ log, clock, number: at + 1, windowBytes: WINDOW }),
  )
  const pauses: boolean[] = []
  const pace = new Pace({
    attachments: () => viewers.map(({ attachment }) => attachment),
    setPaused: (isPaused) => pauses.push(isPaused),
  })
  for (const { attachment } of viewers) attachment.start()
  const write = (bytes: number): void => {
    log.append(RECORD_KIND.stdout, new Uint8Array(bytes), 0)
    for (const { attachment } of viewers) attachment.pump()
    pace.update()
  }
  const acknowledge = ({ attachment }: Viewer, offset: number): void => {
    attachment.acknowledge(byteOffset(offset))
    pace.update()
  }
  const advance = (ms: number): void => {
    clock.ms += ms
    vi.advanceTimersByTime(ms)
  }
  return { pace, pauses, viewers, write, acknowledge, advance }
}

describe('Pace [FLOW-3]', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('lets the process run freely while nobody follows', () => {
    const { write, pauses } = setUp(0)
    write(10_000)
    expect(pauses).toEqual([])
  })

  it('pauses when the only follower is out of window and resumes on its acknowledgement', () => {
    const { write, pauses, viewers, acknowledge } = setUp(1)
    const [viewer] = viewers
    if (!viewer) throw new Error('no viewer')
    write(1500)
    expect(pauses).toEqual([])
    write(1500)
    expect(pauses).toEqual([true])
    acknowledge(viewer, 1500)
    expect(pauses).toEqual([true, false])
  })

  it('goes at the pace of the fastest', () => {
    const { write, pauses, viewers, acknowledge } = setUp(2)
    const [fast] = viewers
    if (!fast) throw new Error('no viewer')
    for (let written = 1000; written <= 10_000; written += 1000) {
      write(1000)
      acknowledge(fast, written)
    }
    expect(pauses).toEqual([])
  })

  it('stops counting one that acknowledges nothing for the stall time, until it has caught up', () => {
    const { write, pauses, viewers, acknowledge, advance } = setUp(1)
    const [viewer] = viewers
    if (!viewer) throw new Error('no viewer')
    write(2000)
    expect(pauses).toEqual([true])
    advance(STALL_MS - 1)
    expect(pauses).toEqual([true])
    advance(1)
    expect(pauses).toEqual([true, false])
    write(2000)
    expect(pauses).toEqual([true, false])
    acknowledge(viewer, 2000)
    expect(pauses).toEqual([true, false, true])
    acknowledge(viewer, 4000)
    expect(pauses).toEqual([true, false, true, false])
  })

  it('keeps waiting for a slow one that still acknowledges', () => {
    const { write, pauses, viewers, acknowledge, advance } = setUp(1)
    const [viewer] = viewers
    if (!viewer) throw new Error('no viewer')
    write(1900)
    write(1900)
    for (let offset = 1; offset <= 5; offset++) {
      advance(STALL_MS / 2)
      acknowledge(viewer, offset)
    }
    expect(pauses).toEqual([true])
  })
})
