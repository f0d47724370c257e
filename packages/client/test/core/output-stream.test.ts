import { byteOffset, LimpetError } from '@limpet/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { OutputStream } from '../../src/core/output-stream.ts'
import type { OutputRecord } from '../../src/core/output-record.ts'
import { settled } from '../support/manual-runtime.ts'

/** A record of `size` bytes at `offset`. */
function record(offset: number, size: number): OutputRecord {
  return {
    type: 'output',
    stream: 'stdout',
    bytes: new Uint8Array(size),
    offset: byteOffset(offset),
    end: byteOffset(offset + size),
    timeUs: 0,
    isContinued: false,
  }
}

describe('the output stream', () => {
  let consumed: number[]
  let stream: OutputStream

  beforeEach(() => {
    consumed = []
    stream = new OutputStream({
      limitBytes: 100,
      handleConsumed: (offset) => consumed.push(offset),
    })
  })

  async function read(most: number): Promise<number[]> {
    const offsets: number[] = []
    for await (const { offset } of stream) {
      offsets.push(offset)
      if (offsets.length === most) break
    }
    return offsets
  }

  it('[FLOW-1] counts a record as consumed when the next one is asked for', async () => {
    stream.push(record(0, 10))
    stream.push(record(10, 10))
    const iterator = stream[Symbol.asyncIterator]()
    await iterator.next()
    expect(consumed).toEqual([])
    await iterator.next()
    expect(consumed).toEqual([10])
    const third = iterator.next()
    expect(consumed).toEqual([10, 20])
    stream.push(record(20, 1))
    expect((await third).value?.offset).toBe(20)
  })

  it('goes on behind a loop that was left', async () => {
    for (let offset = 0; offset < 40; offset += 10) stream.push(record(offset, 10))
    expect(await read(2)).toEqual([0, 10])
    expect(consumed).toEqual([10, 20])
    expect(await read(2)).toEqual([20, 30])
  })

  it('ends after what waits', async () => {
    stream.push(record(0, 10))
    stream.finish()
    expect(await read(9)).toEqual([0])
    expect(await read(9)).toEqual([])
  })

  it('throws its error after what waits, to each reader', async () => {
    stream.push(record(0, 10))
    stream.finish(new LimpetError('SESSION_NOT_FOUND', 'gone'))
    expect(await read(1)).toEqual([0])
    await expect(read(9)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    await expect(read(9)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
  })

  it('wakes a reader who waits when it ends', async () => {
    const reading = read(9)
    await settled()
    stream.finish()
    expect(await reading).toEqual([])
  })

  it('refuses what goes beyond the limit: the peer ignores the window', () => {
    stream.push(record(0, 60))
    stream.push(record(60, 40))
    expect(() => stream.push(record(100, 1))).toThrow('the peer ignores the window')
  })

  it('has room again for what was taken', async () => {
    stream.push(record(0, 100))
    await read(1)
    stream.push(record(100, 100))
    expect(await read(1)).toEqual([100])
  })

  it('keeps order and count over any number of records, while some always wait', async () => {
    const iterator = stream[Symbol.asyncIterator]()
    stream.push(record(0, 1))
    for (let offset = 1; offset < 1000; offset++) {
      stream.push(record(offset, 1))
      expect((await iterator.next()).value?.offset).toBe(offset - 1)
    }
    // The room is that of what waits, not of what was taken.
    stream.push(record(1000, 99))
    expect(() => stream.push(record(1099, 1))).toThrow('ignores the window')
  })

  it('gives up the newest of what waits beyond a limit, and says where', async () => {
    for (let offset = 0; offset < 100; offset += 20) stream.push(record(offset, 20))
    expect(stream.trim(100)).toBeUndefined()
    expect(stream.trim(50)).toBe(40)
    stream.finish()
    expect(await read(9)).toEqual([0, 20])
  })

  it('counts everything as consumed once nobody reads, and ends readers', async () => {
    const reading = read(9)
    await settled()
    stream.push(record(0, 10))
    await settled()
    stream.discard()
    stream.push(record(10, 10))
    expect(await reading).toEqual([0])
    expect(await read(9)).toEqual([])
    expect(consumed).toEqual([10, 20])
  })
})
