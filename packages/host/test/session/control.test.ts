import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CONTROL_HOLD_MS } from '../../src/session/limits.ts'
import { pipesPlan, SessionBench, type BenchViewer } from './session-bench.ts'

const held = expect.objectContaining({ code: 'CONTROL_HELD' })
const notFound = expect.objectContaining({ code: 'VIEWER_NOT_FOUND' })

describe('control [CTRL-9]', () => {
  let bench: SessionBench
  let one: BenchViewer
  let two: BenchViewer
  beforeEach(async () => {
    vi.useFakeTimers()
    bench = await SessionBench.start(pipesPlan)
    one = bench.join({ client: 1 })
    two = bench.join({ client: 2 })
  })
  afterEach(() => void vi.useRealTimers())

  const give = (viewer: BenchViewer | null): void => bench.session.giveControl(viewer?.name ?? null)

  it('refuses the input of others, whose number stays free', () => {
    give(one)
    expect(bench.session.info.control).toBe(one.name)
    expect(() => two.type('no')).toThrow(held)
    one.type('yes')
    give(null)
    two.type('now')
    expect(bench.process.typed).toEqual(['yes', 'now'])
    expect(bench.session.inputLedger.taken(two.attachment.client)).toBe(1)
  })

  it('is handed over, and taken by whoever may type; each change is a marker in its place', () => {
    give(one)
    give(two)
    expect(() => one.type('no')).toThrow(held)
    bench.output('between')
    give(one)
    give(one)
    give(null)
    expect(two.markers('control')).toEqual(
      [one.name, two.name, one.name, null].map((viewer) => ({ type: 'control', viewer })),
    )
    expect(bench.session.info.control).toBeUndefined()
  })

  it('is never a reader, nor one who is not there', () => {
    const reader = bench.join({ canType: false })
    expect(() => give(reader)).toThrow(notFound)
    expect(() => bench.session.giveControl('v99')).toThrow(notFound)
    two.leave()
    expect(() => give(two)).toThrow(notFound)
    expect(bench.session.info.control).toBeUndefined()
  })

  it("lets a terminal's answers through: nobody typed them", () => {
    give(one)
    // They are dropped by the responder's rule or written; in either case they count as applied.
    expect(() => two.type('\u001b[0n', true)).not.toThrow()
  })

  it('ends at once when its viewer detaches', () => {
    give(one)
    one.leave()
    expect(bench.session.info.control).toBeUndefined()
    two.type('free')
  })

  it('waits for a viewer whose connection was lost, who has it again under its new name', () => {
    give(one)
    one.leave({ isLost: true })
    vi.advanceTimersByTime(CONTROL_HOLD_MS - 1)
    expect(() => two.type('no')).toThrow(held)
    const again = bench.join({ client: 1 })
    expect(bench.session.info.control).toBe(again.name)
    vi.advanceTimersByTime(CONTROL_HOLD_MS * 2)
    expect(() => two.type('no')).toThrow(held)
    expect(two.markers('control')).toEqual([
      { type: 'control', viewer: one.name },
      { type: 'control', viewer: again.name },
    ])
  })

  it('is free when the lost viewer does not come back, and may be taken before', () => {
    give(one)
    one.leave({ isLost: true })
    give(two)
    two.type('taken')
    bench.join({ client: 1 })
    expect(bench.session.info.control).toBe(two.name)
    two.leave({ isLost: true })
    vi.advanceTimersByTime(CONTROL_HOLD_MS)
    expect(bench.session.info.control).toBeUndefined()
  })

  it('goes with the process, and writes nothing behind its exit record', () => {
    give(one)
    bench.end()
    const { end } = bench.log
    one.leave({ isLost: true })
    vi.runAllTimers()
    expect(bench.log.end).toBe(end)
    expect(bench.session.info.control).toBeUndefined()
    expect(() => give(two)).toThrow(expect.objectContaining({ code: 'SESSION_ENDED' }))
  })
})
