// Owns what every Channel promises, as a suite that runs on each implementation and on the one in memory.

import { MAX_FRAME_BYTES, type Channel } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { waitFor } from '../waits.ts'
import { ChannelRecorder } from './channel-recorder.ts'

/** Two joined channels, both open, neither with handlers yet. */
export interface ChannelPair extends AsyncDisposable {
  readonly left: Channel
  readonly right: Channel
  /** Makes `left` receive a frame above the limit, past the check of `right`. */
  sendOversizedToLeft(): void
  /** Breaks the connection under both, without a goodbye. */
  cut(): void
}

export type MakeChannelPair = () => Promise<ChannelPair>

/** Lengths around which framings change: RFC 6455 at 126 and 65 536, ours at the limit. */
const FRAME_LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, 65_537, 300_000, MAX_FRAME_BYTES]

/** A reader that stands still must stop the sender long before this. */
const MOST_BUFFERED_BYTES = 64 * 1024 * 1024

/** What may still reach a reader after `pause`: what was read from the kernel already. */
const MOST_AFTER_PAUSE_BYTES = 2 * MAX_FRAME_BYTES

export function describeChannelContract(name: string, makePair: MakeChannelPair): void {
  describe(`the channel contract: ${name}`, () => {
    describeFrames(makePair)
    describeFlow(makePair)
    describeEnds(makePair)
  })
}

function describeFrames(makePair: MakeChannelPair): void {
  it('carries text and binary frames in the order in which they were sent', async () => {
    await using pair = await makePair()
    const { leftSeen, rightSeen } = record(pair)
    for (let i = 0; i < 200; i++) {
      pair.left.sendText(`text ${i} – ü 😀`)
      pair.left.sendBinary(Uint8Array.of(i, 0, 255))
      pair.right.sendText(`back ${i}`)
    }
    await Promise.all([rightSeen.untilFrames(400), leftSeen.untilFrames(200)])
    const expected = Array.from({ length: 200 }, (_, i) => [
      `text ${i} – ü 😀`,
      Uint8Array.of(i, 0, 255),
    ])
    expect(rightSeen.frames).toEqual(expected.flat())
    expect(leftSeen.frames).toEqual(Array.from({ length: 200 }, (_, i) => `back ${i}`))
  })

  it('makes one frame of several parts', async () => {
    await using pair = await makePair()
    const { rightSeen } = record(pair)
    const whole = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)
    pair.left.sendBinary(whole.subarray(0, 3), whole.subarray(3, 3), whole.subarray(3))
    pair.left.sendBinary()
    await rightSeen.untilFrames(2)
    expect(rightSeen.frames).toEqual([whole, new Uint8Array(0)])
  })

  it('carries frames of every length up to the limit, both ways', async () => {
    await using pair = await makePair()
    const { leftSeen, rightSeen } = record(pair)
    for (const length of FRAME_LENGTHS) {
      pair.left.sendBinary(pattern(length))
      pair.right.sendBinary(pattern(length))
      pair.left.sendText('x'.repeat(length))
    }
    await Promise.all([
      rightSeen.untilFrames(2 * FRAME_LENGTHS.length),
      leftSeen.untilFrames(FRAME_LENGTHS.length),
    ])
    const binary = rightSeen.frames.filter((frame) => typeof frame !== 'string')
    const text = rightSeen.frames.filter((frame) => typeof frame === 'string')
    expect(text.map((frame) => frame.length)).toEqual(FRAME_LENGTHS)
    for (const [index, length] of FRAME_LENGTHS.entries()) {
      expect(isPattern(binary[index], length)).toBe(true)
      expect(isPattern(leftSeen.frames[index], length)).toBe(true)
    }
  })

  it('holds frames back until there are handlers, and calls none from inside setHandlers', async () => {
    await using pair = await makePair()
    pair.left.sendText('early')
    pair.left.sendBinary(Uint8Array.of(1))
    const rightSeen = new ChannelRecorder()
    pair.right.setHandlers(rightSeen)
    expect(rightSeen.frames).toEqual([])
    await rightSeen.untilFrames(2)
    expect(rightSeen.frames).toEqual(['early', Uint8Array.of(1)])
  })

  it('hands everything later to the handlers that were set last', async () => {
    await using pair = await makePair()
    const { rightSeen } = record(pair)
    pair.left.sendText('for the first')
    await rightSeen.untilFrames(1)
    const second = new ChannelRecorder()
    pair.right.setHandlers(second)
    pair.left.sendText('for the second')
    pair.left.close(4400, 'end')
    await second.untilClosed()
    expect([rightSeen.frames, second.frames]).toEqual([['for the first'], ['for the second']])
    expect([rightSeen.closed.length, second.closed.length]).toEqual([0, 1])
  })
}

function describeFlow(makePair: MakeChannelPair): void {
  it('tells the sender of a paused reader to wait, and loses nothing', async () => {
    await using pair = await makePair()
    const { leftSeen, rightSeen } = record(pair)
    pair.right.pause()
    const sent = await fill(pair.left)
    expect(pair.left.bufferedBytes).toBeGreaterThan(0)
    expect(rightSeen.receivedBytes).toBeLessThanOrEqual(MOST_AFTER_PAUSE_BYTES)
    const drainsBefore = leftSeen.drains
    pair.right.resume()
    await rightSeen.until('all bytes', () => rightSeen.receivedBytes === sent.bytes)
    await leftSeen.until('a drain', () => leftSeen.drains > drainsBefore)
    expect(rightSeen.frames.map(firstNumber)).toEqual([...sent.frames.keys()])
    await waitFor('an empty buffer', () => pair.left.bufferedBytes === 0)
  })

  it('tells of the drain also when something small was sent after it said to wait', async () => {
    await using pair = await makePair()
    const { leftSeen, rightSeen } = record(pair)
    const isFlowing = pair.left.sendBinary(pattern(64 * 1024))
    pair.left.sendText('small')
    await leftSeen.until('a drain', () => isFlowing || leftSeen.drains > 0)
    await rightSeen.untilFrames(2)
  })

  it('stops a flood when the reader pauses in the middle of it', async () => {
    await using pair = await makePair()
    const { rightSeen } = record(pair)
    let atPause = 0
    rightSeen.handleFrame = () => {
      if (rightSeen.frames.length !== 3) return
      pair.right.pause()
      atPause = rightSeen.receivedBytes
    }
    const sent = await fill(pair.left)
    const afterPause = rightSeen.receivedBytes - atPause
    expect(afterPause).toBeLessThanOrEqual(MOST_AFTER_PAUSE_BYTES)
    pair.right.resume()
    await rightSeen.until('all bytes', () => rightSeen.receivedBytes === sent.bytes)
  })

  it('answers true while the peer keeps up', async () => {
    await using pair = await makePair()
    const { rightSeen } = record(pair)
    expect(pair.left.sendText('hello')).toBe(true)
    await rightSeen.untilFrames(1)
    expect(pair.left.sendBinary(Uint8Array.of(1))).toBe(true)
  })
}

function describeEnds(makePair: MakeChannelPair): void {
  it.each([
    [1000, ''],
    [1012, 'restarts'],
    [4401, 'no valid login'],
  ])('tells the peer code %i and reason "%s", each end exactly once', async (code, reason) => {
    await using pair = await makePair()
    const { leftSeen, rightSeen } = record(pair)
    pair.left.close(code, reason)
    pair.left.close(1011, 'again')
    await Promise.all([leftSeen.untilClosed(), rightSeen.untilClosed()])
    pair.right.close()
    pair.left.close()
    await turns()
    expect(rightSeen.closed).toEqual([{ code, reason }])
    expect(leftSeen.closed.map((closed) => closed.code)).toEqual([code])
  })

  it('hands over what was sent before the end, then the end', async () => {
    await using pair = await makePair()
    const { rightSeen } = record(pair)
    for (let i = 0; i < 50; i++) pair.left.sendBinary(pattern(10_000))
    pair.left.sendText('last')
    pair.left.close(1000, '')
    await rightSeen.untilClosed()
    expect([rightSeen.frames.length, rightSeen.frames.at(-1)]).toEqual([51, 'last'])
  })

  it('hands over nothing after its own end but the end', async () => {
    await using pair = await makePair()
    const { leftSeen, rightSeen } = record(pair)
    leftSeen.handleFrame = () => pair.left.close(1000, '')
    for (let i = 0; i < 50; i++) pair.right.sendText(`${i}`)
    await Promise.all([leftSeen.untilClosed(), rightSeen.untilClosed()])
    expect(leftSeen.frames).toEqual(['0'])
  })

  it('takes what is sent after the end without complaint', async () => {
    await using pair = await makePair()
    const { leftSeen, rightSeen } = record(pair)
    pair.left.close()
    pair.left.sendText('too late')
    pair.left.sendBinary(Uint8Array.of(1))
    await Promise.all([leftSeen.untilClosed(), rightSeen.untilClosed()])
    for (const channel of [pair.left, pair.right]) {
      channel.sendText('too late')
      channel.sendBinary(Uint8Array.of(1))
      channel.pause()
      channel.resume()
    }
    await turns()
    expect([leftSeen.frames, rightSeen.frames]).toEqual([[], []])
    expect([leftSeen.closed.length, rightSeen.closed.length]).toEqual([1, 1])
  })

  it('says 1006 when the peer vanishes', async () => {
    await using pair = await makePair()
    const { leftSeen, rightSeen } = record(pair)
    pair.cut()
    await Promise.all([leftSeen.untilClosed(), rightSeen.untilClosed()])
    expect(
      [leftSeen.closed, rightSeen.closed].map((closed) => closed.map(({ code }) => code)),
    ).toEqual([[1006], [1006]])
  })

  it('tells late handlers of an end that came before them', async () => {
    await using pair = await makePair()
    const rightSeen = new ChannelRecorder()
    pair.right.setHandlers(rightSeen)
    pair.right.close(1000, '')
    await rightSeen.untilClosed()
    const leftSeen = new ChannelRecorder()
    pair.left.setHandlers(leftSeen)
    await leftSeen.untilClosed()
    expect(leftSeen.closed).toEqual([{ code: 1000, reason: '' }])
  })

  it('refuses to send a frame above the limit, and goes on', async () => {
    await using pair = await makePair()
    const { rightSeen } = record(pair)
    const refusal: unknown = expect.objectContaining({ code: 'FRAME_TOO_LARGE' })
    const large = new Uint8Array(MAX_FRAME_BYTES)
    expect(() => pair.left.sendBinary(large, Uint8Array.of(1))).toThrow(refusal)
    expect(() => pair.left.sendText('x'.repeat(MAX_FRAME_BYTES + 1))).toThrow(refusal)
    // As many UTF-16 units as bytes are allowed, but each of them three bytes.
    expect(() => pair.left.sendText('…'.repeat(MAX_FRAME_BYTES / 2))).toThrow(refusal)
    pair.left.sendText('small')
    await rightSeen.untilFrames(1)
    expect(rightSeen.frames).toEqual(['small'])
  })

  it('ends with 1009 when a frame above the limit comes', async () => {
    await using pair = await makePair()
    const { leftSeen, rightSeen } = record(pair)
    pair.sendOversizedToLeft()
    await Promise.all([leftSeen.untilClosed(), rightSeen.untilClosed()])
    expect(leftSeen.frames).toEqual([])
    expect(rightSeen.closed.map(({ code }) => code)).toEqual([1009])
    expect(leftSeen.closed.map(({ code }) => code)).toEqual([1009])
  })
}

function record(pair: ChannelPair): { leftSeen: ChannelRecorder; rightSeen: ChannelRecorder } {
  const leftSeen = new ChannelRecorder()
  const rightSeen = new ChannelRecorder()
  pair.left.setHandlers(leftSeen)
  pair.right.setHandlers(rightSeen)
  return { leftSeen, rightSeen }
}

/** Sends numbered frames, a turn apart, until the channel says to wait and stays so. */
async function fill(channel: Channel): Promise<{ frames: readonly number[]; bytes: number }> {
  const frames: number[] = []
  let bytes = 0
  let refusals = 0
  while (refusals < 20) {
    const frame = pattern(32 * 1024)
    new DataView(frame.buffer).setUint32(0, frames.length)
    frames.push(frames.length)
    bytes += frame.byteLength
    refusals = channel.sendBinary(frame) ? 0 : refusals + 1
    if (bytes > MOST_BUFFERED_BYTES)
      throw new Error(`${bytes} bytes went to a reader that stands still`)
    // Each frame has a turn to leave in: only what the peer does not take counts.
    await turns()
  }
  return { frames, bytes }
}

function firstNumber(frame: string | Uint8Array): number {
  if (typeof frame === 'string') return -1
  return new DataView(frame.buffer, frame.byteOffset).getUint32(0)
}

function pattern(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = (i * 7 + (i >> 8)) & 0xff
  return bytes
}

function isPattern(frame: string | Uint8Array | undefined, length: number): boolean {
  return frame instanceof Uint8Array && Buffer.compare(frame, pattern(length)) === 0
}

/** Lets everything happen that is about to. */
async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await new Promise<void>((resolve) => void setImmediate(resolve))
  }
}
