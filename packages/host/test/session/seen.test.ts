import { describe, expect, it } from 'vitest'
import { MAX_SEEN_PRINCIPALS } from '../../src/session/limits.ts'
import { Seen } from '../../src/session/seen.ts'
import { SessionBench } from './session-bench.ts'

describe('Seen [END-5]', () => {
  it('only grows, for each principal', () => {
    const seen = new Seen()
    expect([seen.see('ada', 10), seen.see('ada', 5), seen.see('ada', 10)]).toEqual([
      true,
      false,
      false,
    ])
    seen.see('grace', 7)
    expect([...seen.times]).toEqual([
      ['ada', 10],
      ['grace', 7],
    ])
  })

  it('remembers those who looked last', () => {
    const seen = new Seen([['first', 1]])
    for (let at = 0; at < MAX_SEEN_PRINCIPALS; at++) seen.see(`p${at}`, at)
    expect(seen.times.size).toBe(MAX_SEEN_PRINCIPALS)
    expect(seen.times.has('first')).toBe(false)
  })

  it('counts nothing that was not written yet: a clock that is ahead would hide what comes', async () => {
    const bench = await SessionBench.start()
    bench.output('one')
    const { ms } = bench.clock
    expect(bench.session.see('ada', 1e15)).toBe(ms)
    bench.clock.ms += 1000
    bench.output('two')
    expect(bench.session.seen.get('ada')).toBeLessThan(bench.session.info.lastOutputAt ?? 0)
    expect(bench.changes).toContain('seen')
  })
})
