import type { TerminalSize } from '@limpet/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RESIZE_INTERVAL_MS } from '../../src/session/limits.ts'
import { pipesPlan, SessionBench, terminalPlan } from './session-bench.ts'

const size = (columns: number, rows = 24): TerminalSize => ({ columns, rows })

describe('size rules [SIZE-1]', () => {
  let bench: SessionBench
  beforeEach(async () => {
    vi.useFakeTimers()
    bench = await SessionBench.start()
  })
  afterEach(() => void vi.useRealTimers())

  /** What the terminal was given since the last look: each size had the time to be applied. */
  const applied = (): number[] => bench.process.sizes.splice(0).map(({ columns }) => columns)
  const settle = (): void => {
    bench.clock.ms += RESIZE_INTERVAL_MS
    vi.advanceTimersByTime(RESIZE_INTERVAL_MS)
  }
  const does = (act: () => void): number[] => {
    act()
    settle()
    return applied()
  }

  it('latest: follows the viewer who typed last', () => {
    const wide = bench.join({ size: size(120) })
    expect(does(() => {})).toEqual([120])
    const narrow = bench.join({ size: size(60) })
    expect(does(() => bench.session.resize(narrow.attachment, size(61)))).toEqual([])
    expect(does(() => narrow.type('x'))).toEqual([61])
    expect(does(() => bench.session.resize(wide.attachment, size(130)))).toEqual([])
    expect(does(() => wide.type('x'))).toEqual([130])
    expect(bench.session.info).toMatchObject({ sizeRule: 'latest', terminal: size(130) })
  })

  it('latest: goes to the newest who remains when its owner leaves', () => {
    const first = bench.join({ size: size(100) })
    bench.join({ size: size(90) })
    bench.join({ size: size(85) })
    bench.join({})
    settle()
    applied()
    expect(does(() => first.leave())).toEqual([85])
  })

  it('smallest: what all who said a size can show, and more again when one leaves', () => {
    const wide = bench.join({ size: size(120, 30) })
    const tall = bench.join({ size: size(90, 50) })
    settle()
    bench.session.configure({ sizeRule: 'smallest' })
    settle()
    expect(bench.session.info).toMatchObject({ sizeRule: 'smallest', terminal: size(90, 30) })
    tall.type('x')
    bench.session.resize(wide.attachment, size(119, 20))
    settle()
    expect(bench.session.info.terminal).toEqual(size(90, 20))
    tall.leave()
    settle()
    expect(bench.session.info.terminal).toEqual(size(119, 20))
  })

  it('fixed: takes the size it is given, whoever comes and types', () => {
    expect(does(() => bench.session.configure({ sizeRule: 'fixed', size: size(132) }))).toEqual([
      132,
    ])
    const viewer = bench.join({ size: size(60) })
    expect(does(() => viewer.type('x'))).toEqual([])
    expect(does(() => bench.session.configure({ size: size(133) }))).toEqual([133])
    expect(does(() => bench.session.configure({ sizeRule: 'latest' }))).toEqual([60])
  })

  it('leader: follows who has control, else as latest', () => {
    const first = bench.join({ size: size(100) })
    const second = bench.join({ size: size(90) })
    bench.session.configure({ sizeRule: 'leader' })
    settle()
    expect(applied()).toEqual([100])
    expect(does(() => bench.session.giveControl(second.name))).toEqual([90])
    expect(does(() => bench.session.resize(first.attachment, size(101)))).toEqual([])
    expect(does(() => bench.session.resize(second.attachment, size(91)))).toEqual([91])
    expect(does(() => bench.session.giveControl(null))).toEqual([101])
  })

  it('never counts a viewer who may not type, by any rule', () => {
    bench.join({ size: size(100) })
    const reader = bench.join({ size: size(50), canType: false })
    settle()
    for (const sizeRule of ['latest', 'smallest', 'leader'] as const) {
      bench.session.configure({ sizeRule })
      bench.session.resize(reader.attachment, size(40))
      settle()
    }
    expect(applied()).toEqual([100])
  })

  it('is what the plan says at first; the plan of pipes has none', async () => {
    const fixed = await SessionBench.start({ ...terminalPlan, sizeRule: 'fixed' })
    fixed.join({ size: size(50) })
    expect(fixed.process.sizes).toEqual([])
    expect(fixed.session.info).toMatchObject({ sizeRule: 'fixed', terminal: size(80) })
    const pipes = await SessionBench.start(pipesPlan)
    expect(pipes.session.info.sizeRule).toBeUndefined()
    const refused = { code: 'NOT_A_TERMINAL' }
    expect(() => pipes.session.configure({ sizeRule: 'fixed' })).toThrow(
      expect.objectContaining(refused),
    )
  })

  it('refuses a size that no rule would apply', () => {
    expect(() => bench.session.configure({ size: size(50) })).toThrow(
      expect.objectContaining({ code: 'PARAMETERS_INVALID' }),
    )
  })
})

describe('a storm of sizes', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is over for the program before the key that was typed after it', async () => {
    const bench = await SessionBench.start()
    const viewer = bench.join({ size: size(80) })
    bench.session.resize(viewer.attachment, size(90))
    bench.session.resize(viewer.attachment, size(100))
    viewer.type('x')
    expect(bench.process.sizes.at(-1)).toEqual(size(100))
  })

  it('reaches the terminal at most 20 times a second; the last one holds, with its record before what is drawn', async () => {
    const bench = await SessionBench.start()
    const viewer = bench.join({ size: size(80) })
    for (let at = 1; at <= 1000; at++) {
      bench.session.resize(viewer.attachment, size(100 + at))
      bench.clock.ms += 1
      vi.advanceTimersByTime(1)
    }
    bench.clock.ms += RESIZE_INTERVAL_MS
    vi.advanceTimersByTime(RESIZE_INTERVAL_MS)
    expect(bench.process.sizes.length).toBeGreaterThan(15)
    expect(bench.process.sizes.length).toBeLessThanOrEqual(21)
    expect(bench.process.sizes.at(-1)).toEqual(size(1100))
    bench.output('drawn')
    const texts = viewer.connection.records.map(({ payload }) => Buffer.from(payload).toString())
    expect(texts.slice(-2)).toEqual([JSON.stringify(size(1100)), 'drawn'])
  })

  it('leaves nothing behind when the process ends in the middle of it', async () => {
    const bench = await SessionBench.start()
    const viewer = bench.join({ size: size(80) })
    bench.session.resize(viewer.attachment, size(81))
    bench.session.resize(viewer.attachment, size(82))
    bench.end()
    const { end } = bench.log
    vi.runAllTimers()
    expect(bench.log.end).toBe(end)
  })
})
