import { describe, expect, it } from 'vitest'
import { parseIdleTime } from '../src/idle-exit.ts'

describe('parseIdleTime', () => {
  it('takes whole milliseconds, a minute when nothing is said', () => {
    expect([undefined, '0', '300', '2147483647'].map(parseIdleTime)).toEqual([
      60_000, 0, 300, 2_147_483_647,
    ])
  })

  it.each(['', 'never', '-1', '1.5', '2147483648'])('refuses %j, naming what it takes', (text) => {
    expect(() => parseIdleTime(text)).toThrow(/whole milliseconds/)
  })
})
