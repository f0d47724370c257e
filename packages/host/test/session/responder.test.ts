import { byteOffset, encodeFact, RECORD_KIND, type Marker } from '@limpet/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { MemoryLog } from '../../src/log/index.ts'
import { Responder } from '../../src/session/responder.ts'
import { ManualClock, viewerOf } from './fixtures.ts'

describe('Responder [RESP]', () => {
  let log: MemoryLog
  let markers: Marker[]
  let responder: Responder
  const clock = new ManualClock()

  beforeEach(() => {
    log = new MemoryLog()
    markers = []
    responder = new Responder({
      end: () => log.end,
      appendMarker: (marker) => {
        markers.push(marker)
        log.append(RECORD_KIND.marker, encodeFact(marker), 0)
      },
    })
  })

  const output = (bytes: number): void => log.append(RECORD_KIND.stdout, new Uint8Array(bytes), 0)
  const viewer = (number: number, answers = true) =>
    viewerOf({ log, clock, number, answers }).attachment

  it('is nobody while nobody can answer', () => {
    responder.handleAttached(viewer(1, false))
    expect(responder.viewer).toBeNull()
    expect(markers).toEqual([])
  })

  it('is the first who can, then the one who typed last', () => {
    const [first, second] = [viewer(1), viewer(2)]
    responder.handleAttached(first)
    responder.handleAttached(second)
    expect(responder.viewer).toBe('v1')
    responder.handleTyped(second)
    responder.handleTyped(second)
    expect(markers.map((marker) => 'viewer' in marker && marker.viewer)).toEqual(['v1', 'v2'])
    expect([responder.accepts(first), responder.accepts(second)]).toEqual([true, true])
  })

  it('takes answers from the one before only until it has read the marker', () => {
    const [first, second] = [viewer(1), viewer(2)]
    first.start()
    responder.handleAttached(first)
    output(100)
    first.pump()
    responder.handleTyped(second)
    expect(responder.accepts(first)).toBe(true)
    first.pump()
    first.acknowledge(byteOffset(log.end))
    expect(responder.accepts(first)).toBe(false)
  })

  it('leaves what the one who left had not acknowledged to the next', () => {
    const [first, second] = [viewer(1), viewer(2)]
    responder.handleAttached(first)
    first.start()
    const seen = log.end
    first.acknowledge(byteOffset(seen))
    output(50)
    responder.handleDetached(first, [viewer(3, false), second])
    expect(markers.at(-1)).toEqual({ type: 'responder', viewer: 'v2', from: seen })
  })

  it('leaves to the next nothing from before its own time: that was answered by the one before it', () => {
    const [first, second] = [viewer(1), viewer(2)]
    responder.handleAttached(first)
    output(100)
    const until = log.end
    responder.handleTyped(second)
    responder.handleDetached(second, [viewer(3), first])
    expect(markers.at(-1)).toEqual({ type: 'responder', viewer: 'v3', from: until })
  })

  it('knows from where the present one may owe answers, for a newcomer who may become its heir', () => {
    const [first, second] = [viewer(1), viewer(2)]
    expect(responder.pendingFrom).toBeUndefined()
    responder.handleAttached(first)
    first.start()
    const seen = log.end
    first.acknowledge(byteOffset(seen))
    output(50)
    expect(responder.pendingFrom).toBe(seen)
    responder.handleDetached(first, [second])
    expect([responder.viewer, responder.pendingFrom]).toEqual(['v2', seen])
  })

  it('is vacant from where the last one stopped, and the next takes over from there', () => {
    const first = viewer(1)
    responder.handleAttached(first)
    first.start()
    const seen = log.end
    first.acknowledge(byteOffset(seen))
    responder.handleDetached(first, [])
    expect(responder.vacantFrom).toBe(seen)
    output(10)
    responder.handleAttached(viewer(2))
    expect(responder.vacantFrom).toBeUndefined()
    expect(markers.at(-1)).toEqual({ type: 'responder', viewer: 'v2', from: seen })
  })
})
