import { byteOffset, factOf, MAX_RECORD_PAYLOAD_BYTES, RECORD_KIND } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { MemoryLog } from '../../src/log/index.ts'
import { ManualClock, viewerOf } from './fixtures.ts'

const block = new Uint8Array(1000).fill(97)

function setUp(windowBytes: number) {
  const log = new MemoryLog()
  const clock = new ManualClock()
  const viewer = viewerOf({ log, clock, number: 1, windowBytes })
  const write = (count: number): void => {
    for (let at = 0; at < count; at++) log.append(RECORD_KIND.stdout, block, 0)
    viewer.attachment.pump()
  }
  return { log, clock, write, ...viewer }
}

describe('Attachment', () => {
  it('sends nothing before the answer that announces it', () => {
    const { attachment, connection, write } = setUp(10_000)
    write(1)
    expect(connection.records).toEqual([])
    attachment.start()
    expect(connection.records).toHaveLength(1)
  })

  it('is never sent more than its window beyond what it acknowledged [FLOW-1]', () => {
    const { attachment, connection, write } = setUp(3500)
    attachment.start()
    write(10)
    expect(attachment.sent).toBe(3000)
    attachment.acknowledge(byteOffset(1000))
    expect(attachment.sent).toBe(4000)
    attachment.acknowledge(byteOffset(1000))
    expect(attachment.sent).toBe(4000)
    attachment.acknowledge(byteOffset(4000))
    expect(attachment.sent).toBe(7000)
    expect(connection.records).toHaveLength(7)
  })

  it('refuses an acknowledgement of bytes that were never sent [FLOW-1]', () => {
    const { attachment, write } = setUp(10_000)
    attachment.start()
    write(1)
    expect(attachment.acknowledge(byteOffset(1001))).toBe(false)
    expect(attachment.acknowledge(byteOffset(1000))).toBe(true)
    expect(attachment.acknowledged).toBe(1000)
  })

  it('waits while the socket is full, and goes on when it has drained', () => {
    const { attachment, connection, write } = setUp(100_000)
    attachment.start()
    connection.bufferedBytes = 2 ** 20
    write(5)
    expect(attachment.sent).toBe(0)
    connection.bufferedBytes = 0
    attachment.pump()
    expect(attachment.sent).toBe(5000)
  })

  it('spends no window on bytes that are gone', () => {
    const log = new MemoryLog({ retainBytes: 4096 })
    const clock = new ManualClock()
    for (let at = 0; at < 100; at++) log.append(RECORD_KIND.stdout, block, 0)
    const { attachment, connection } = viewerOf({ log, clock, number: 1, windowBytes: 20_000 })
    attachment.start()
    expect(connection.records[0]?.kind).toBe(RECORD_KIND.gap)
    expect(attachment.sent).toBe(Math.min(log.keptFrom + 20_000, log.end))
  })

  it('is told one gap for all that was lost while it stood still [LOG-2]', () => {
    const log = new MemoryLog({ retainBytes: 4096 })
    const clock = new ManualClock()
    const { attachment, connection } = viewerOf({ log, clock, number: 1, windowBytes: 2000 })
    attachment.start()
    for (let at = 0; at < 1000; at++) {
      log.append(RECORD_KIND.stdout, block, 0)
      attachment.pump()
    }
    expect(connection.records).toHaveLength(2)
    attachment.acknowledge(byteOffset(2000))
    const [, , gap, next] = connection.records.map((record) => ({
      ...record,
      fact: factOf(record),
    }))
    expect(gap?.fact).toEqual({ type: 'gap', gap: { from: 2000, to: log.keptFrom } })
    expect(next?.offset).toBe(log.keptFrom)
  })

  it('has its whole window again once it has acknowledged all before a gap [FLOW-1]', () => {
    const log = new MemoryLog({ retainBytes: 4096 })
    const windowBytes = 128 * 1024
    const { attachment } = viewerOf({ log, clock: new ManualClock(), number: 1, windowBytes })
    const record = new Uint8Array(MAX_RECORD_PAYLOAD_BYTES)
    attachment.start()
    for (let at = 0; at < 10; at++) {
      log.append(RECORD_KIND.stdout, record, 0)
      attachment.pump()
    }
    expect(attachment.sent).toBe(windowBytes)
    // Room for one record: the gap is told, and the record behind it fills the window again.
    attachment.acknowledge(byteOffset(record.length))
    expect(attachment.sent).toBe(log.keptFrom + record.length)
    log.append(RECORD_KIND.stdout, record, 0)
    log.append(RECORD_KIND.stdout, record, 0)
    attachment.acknowledge(byteOffset(windowBytes))
    expect(attachment.acknowledged).toBe(windowBytes)
    expect(attachment.sent).toBe(log.end - record.length)
  })

  it('follows live from when it first reaches the end until it lags [FLOW-3]', () => {
    const { attachment, write } = setUp(2000)
    write(5)
    attachment.start()
    expect(attachment.isFollowing).toBe(false)
    attachment.acknowledge(byteOffset(2000))
    attachment.acknowledge(byteOffset(4000))
    expect(attachment.isFollowing).toBe(true)
    attachment.lag()
    expect(attachment.isFollowing).toBe(false)
    attachment.acknowledge(byteOffset(5000))
    expect(attachment.isFollowing).toBe(true)
  })

  it('measures how long it has been out of window without an acknowledgement', () => {
    const { attachment, clock, write } = setUp(2000)
    attachment.start()
    write(3)
    clock.ms += 400
    expect(attachment.blockedMs).toBe(400)
    attachment.acknowledge(byteOffset(500))
    expect(attachment.blockedMs).toBe(0)
    clock.ms += 100
    expect(attachment.blockedMs).toBe(100)
    attachment.acknowledge(byteOffset(2000))
    expect(attachment.blockedMs).toBe(0)
  })
})
