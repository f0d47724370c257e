// Tests that frames on their way are nobody else's, and that their memory is used again, within a limit.
import { expect, test } from 'vitest'
import { MAX_POOLED_BYTES } from '../../src/limits.ts'
import { FramePool } from '../../src/web-socket/frame-pool.ts'

test('a held frame keeps its bytes while the one it was made of changes', () => {
  const pool = new FramePool()
  for (const length of [0, 1, 4095, 4096, 4097, 65_541, 1024 * 1024]) {
    const frame = new Uint8Array(length).fill(7)
    const held = pool.hold(frame)
    frame.fill(9)
    expect(held.bytes.byteLength).toBe(length)
    expect(held.bytes.every((byte) => byte === 7)).toBe(true)
    held.release()
  }
})

test('two frames on their way never share memory, one that has left gives its memory to the next', () => {
  const pool = new FramePool()
  const first = pool.hold(new Uint8Array(60_000).fill(1))
  const second = pool.hold(new Uint8Array(50_000).fill(2))
  expect(first.bytes.buffer).not.toBe(second.bytes.buffer)
  first.release()
  const third = pool.hold(new Uint8Array(40_000).fill(3))
  expect(third.bytes.buffer).toBe(first.bytes.buffer)
  expect(second.bytes.every((byte) => byte === 2)).toBe(true)
})

test('what is kept for later has a limit', () => {
  const pool = new FramePool()
  const frame = new Uint8Array(1024 * 1024)
  const count = MAX_POOLED_BYTES / frame.byteLength + 4
  const once = Array.from({ length: count }, () => pool.hold(frame))
  const buffers = new Set(once.map(({ bytes }) => bytes.buffer))
  for (const held of once) held.release()
  const again = Array.from({ length: count }, () => pool.hold(frame))
  expect(again.filter(({ bytes }) => buffers.has(bytes.buffer))).toHaveLength(count - 4)
})
