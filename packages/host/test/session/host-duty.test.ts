import { describe, expect, it } from 'vitest'
import { HostDuty } from '../../src/session/host-duty.ts'

function setUp() {
  const sent: string[] = []
  const told: (boolean | 'owed')[] = []
  const duty = new HostDuty({
    send: (text) => sent.push(text),
    handleDuty: (isOnDuty) => told.push(isOnDuty),
    handleOwed: () => told.push('owed'),
  })
  const answer = (offset: number) => ({ offset, text: `a${offset}` })
  const parse = (to: number, ...offsets: number[]): void =>
    duty.handleAnswers(offsets.map(answer), to)
  return { sent, told, duty, parse }
}

describe('HostDuty [RESP-6]', () => {
  it('answers nothing before its duty begins, and holds it until then', () => {
    const { sent, duty, parse } = setUp()
    parse(200, 50, 150)
    expect(sent).toEqual([])
    duty.begin(100)
    expect(sent).toEqual(['a150'])
  })

  it('answers what was asked before its duty ended, however late it reads it', () => {
    const { sent, told, duty, parse } = setUp()
    duty.begin(0)
    duty.end(100)
    parse(200, 90, 110)
    expect(sent).toEqual(['a90'])
    expect([told, duty.isOnDuty]).toEqual([[true, false, 'owed'], false])
  })

  it('answers each query once, also when its terminal reads it a second time', () => {
    const { sent, duty, parse } = setUp()
    duty.begin(0)
    parse(100, 10, 20)
    parse(100, 10, 20)
    parse(130, 20, 110)
    expect(sent).toEqual(['a10', 'a20', 'a110'])
  })

  it('takes what a viewer left without an answer, and looks for it when it has not read so far', () => {
    const { sent, told, duty, parse } = setUp()
    parse(100, 30, 60)
    duty.take(50, 80)
    duty.take(80, 80)
    duty.take(90, 120)
    parse(200, 100, 115, 130)
    expect(sent).toEqual(['a60', 'a100', 'a115'])
    expect(told).toEqual(['owed'])
    expect(duty.isOnDuty).toBe(false)
  })

  it('stays on duty when it takes what somebody left', () => {
    const { sent, duty, parse } = setUp()
    duty.begin(100)
    duty.take(10, 20)
    expect(duty.isOnDuty).toBe(true)
    duty.end(150)
    parse(300, 15, 50, 120, 160)
    expect(sent).toEqual(['a15', 'a120'])
  })

  it('holds so many answers only, the newest', () => {
    const { sent, duty, parse } = setUp()
    for (let offset = 0; offset < 100; offset++) parse(offset + 1, offset)
    duty.begin(0)
    expect(sent).toHaveLength(64)
    expect(sent.at(-1)).toBe('a99')
  })
})
