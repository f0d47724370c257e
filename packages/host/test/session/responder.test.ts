import { byteOffset, encodeFact, RECORD_KIND, type Marker } from '@limpet/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { MemoryLog } from '../../src/log/index.ts'
import { HostDuty } from '../../src/session/host-duty.ts'
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

  describe('with the host to answer [RESP-6]', () => {
    let duty: HostDuty
    let sent: string[]

    beforeEach(() => {
      sent = []
      duty = new HostDuty({
        send: (text) => sent.push(text),
        handleDuty: () => {},
        handleOwed: () => {},
      })
      responder = new Responder({
        end: () => log.end,
        appendMarker: (marker) => {
          markers.push(marker)
          log.append(RECORD_KIND.marker, encodeFact(marker), 0)
        },
        host: duty,
      })
    })

    it('waits for who comes with the start: only then the host answers, from byte 0', () => {
      output(10)
      expect(responder.viewer).toBeNull()
      responder.begin()
      expect(responder.viewer).toBe('host')
      expect(markers).toEqual([{ type: 'responder', viewer: 'host', from: 0 }])
    })

    it('never answers when a viewer who can came with the start', () => {
      responder.handleAttached(viewer(1))
      responder.begin()
      duty.handleAnswers([{ offset: 5, text: 'answer' }], 10)
      expect([responder.viewer, sent]).toEqual(['v1', []])
      expect(markers).toHaveLength(1)
    })

    it('hands over at the end of the log, and still answers what was asked before', () => {
      responder.begin()
      output(50)
      const { end } = log
      responder.handleAttached(viewer(1))
      expect(markers.at(-1)).toEqual({ type: 'responder', viewer: 'v1', from: end })
      duty.handleAnswers(
        [
          { offset: end - 10, text: 'mine' },
          { offset: end, text: 'not mine' },
        ],
        end + 60,
      )
      expect(sent).toEqual(['mine'])
      expect(responder.vacantFrom).toBeUndefined()
    })

    it('takes over from where the last viewer stopped', () => {
      const first = viewer(1)
      responder.handleAttached(first)
      first.start()
      const seen = log.end
      first.acknowledge(byteOffset(seen))
      output(50)
      duty.handleAnswers(
        [
          { offset: seen - 1, text: 'answered' },
          { offset: seen, text: 'open' },
        ],
        log.end,
      )
      responder.handleDetached(first, [viewer(2, false)])
      expect(markers.at(-1)).toEqual({ type: 'responder', viewer: 'host', from: seen })
      expect([responder.viewer, responder.pendingFrom, sent]).toEqual(['host', undefined, ['open']])
    })

    it('answers for a former responder who leaves before it has read what it owed', () => {
      const [first, second] = [viewer(1), viewer(2)]
      responder.handleAttached(first)
      first.start()
      const seen = log.end
      first.acknowledge(byteOffset(seen))
      output(50)
      const until = log.end
      responder.handleTyped(second)
      responder.handleDetached(first, [second])
      duty.handleAnswers(
        [
          { offset: seen, text: 'owed' },
          { offset: until, text: 'of v2' },
        ],
        log.end,
      )
      expect(sent).toEqual(['owed'])
    })

    it('answers for an heir what is history to it', () => {
      const first = viewer(1)
      responder.handleAttached(first)
      first.start()
      const seen = log.end
      first.acknowledge(byteOffset(seen))
      output(50)
      const heir = viewerOf({ log, clock, number: 2, answers: true, liveFrom: log.end }).attachment
      duty.handleAnswers(
        [
          { offset: seen, text: 'history' },
          { offset: log.end, text: 'new' },
        ],
        log.end + 1,
      )
      responder.handleDetached(first, [heir])
      expect([responder.viewer, sent]).toEqual(['v2', ['history']])
    })
  })
})
