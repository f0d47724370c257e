import { LimpetError, MAX_FRAME_BYTES } from '@limpet/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameSplitter, STREAM_FRAME } from '../src/frame-splitter.ts'
import { LinkMemory } from '../src/link-memory.ts'

interface Seen {
  readonly kind: number
  readonly text: string
}

function encode(kind: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(5)
  header.writeUInt32BE(payload.length, 0)
  header[4] = kind
  return Buffer.concat([header, payload])
}

function collect(): { seen: Seen[]; splitter: FrameSplitter } {
  const seen: Seen[] = []
  const splitter = new FrameSplitter((kind, frame) =>
    seen.push({ kind, text: frame.toString('latin1') }),
  )
  return { seen, splitter }
}

function faultOf(run: () => void): string {
  try {
    run()
    return 'none or coded'
  } catch (error) {
    return error instanceof LimpetError ? 'none or coded' : String(error)
  }
}

const stream = Buffer.concat([
  encode(STREAM_FRAME.text, Buffer.from('{"a":1}')),
  encode(STREAM_FRAME.binary, Buffer.alloc(0)),
  encode(STREAM_FRAME.binary, Buffer.from([0, 255, 1])),
  encode(STREAM_FRAME.close, Buffer.from([3, 232])),
])

describe('FrameSplitter', () => {
  it('lends the same memory again and again for frames that span chunks', () => {
    const memory = new LinkMemory()
    const buffers = new Set<ArrayBufferLike>()
    const splitter = new FrameSplitter((_kind, frame) => {
      expect(frame.every((byte) => byte === frame[0])).toBe(true)
      buffers.add(frame.buffer)
    }, memory)
    for (let round = 1; round <= 50; round++) {
      const frame = encode(STREAM_FRAME.binary, Buffer.alloc(60_000 + round, round))
      splitter.push(frame.subarray(0, 30_000))
      splitter.push(frame.subarray(30_000))
    }
    expect(buffers.size).toBe(1)
  })

  it('gives back the memory of a frame that never came whole', () => {
    const memory = new LinkMemory()
    const once = memory.lend(60_000)
    memory.giveBack(once)
    const splitter = new FrameSplitter(() => {}, memory)
    splitter.push(encode(STREAM_FRAME.binary, Buffer.alloc(60_000)).subarray(0, 30_000))
    expect(memory.lend(60_000)).not.toBe(once)
    splitter.close()
    splitter.close()
    expect(memory.lend(60_000)).toBe(once)
    expect(memory.lend(60_000)).not.toBe(once)
  })

  it('gives the same frames wherever the stream is cut', () => {
    const whole = collect()
    whole.splitter.push(stream)
    expect(whole.seen.map(({ kind }) => kind)).toEqual([0, 1, 1, 2])
    for (let cut = 0; cut <= stream.length; cut++) {
      const { seen, splitter } = collect()
      splitter.push(stream.subarray(0, cut))
      splitter.push(stream.subarray(cut))
      expect(seen).toEqual(whole.seen)
    }
  })

  it('gives the same frames byte by byte', () => {
    const { seen, splitter } = collect()
    for (const byte of stream) splitter.push(Buffer.from([byte]))
    expect(seen).toHaveLength(4)
    expect(seen[0]).toEqual({ kind: 0, text: '{"a":1}' })
  })

  it('hands over a whole frame as a view of the chunk', () => {
    let frame: Buffer | undefined
    const splitter = new FrameSplitter((_kind, bytes) => (frame = bytes))
    const chunk = encode(STREAM_FRAME.binary, Buffer.alloc(100_000))
    splitter.push(chunk)
    expect(frame?.buffer).toBe(chunk.buffer)
  })

  it('refuses a frame above the limit by its header alone', () => {
    const header = Buffer.alloc(5)
    header.writeUInt32BE(MAX_FRAME_BYTES + 1, 0)
    expect(() => collect().splitter.push(header)).toThrow(
      expect.objectContaining({ code: 'FRAME_TOO_LARGE' }),
    )
  })

  it('survives junk: frames or a coded error, never anything else', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const { splitter } = collect()
        expect(faultOf(() => chunks.forEach((chunk) => splitter.push(Buffer.from(chunk))))).toBe(
          'none or coded',
        )
      }),
    )
  })
})
