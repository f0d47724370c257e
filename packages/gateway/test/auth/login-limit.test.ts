// Tests the buckets of wrong logins by a clock that the test turns.
import { LimpetError } from '@limpet/protocol'
import { expect, test } from 'vitest'
import { LoginLimit } from '../../src/auth/login-limit.ts'

class TestClock {
  nowMs = 1000
  wallMs(): number {
    return 0 // somebody may set it: no limit depends on it
  }
  steadyMs(): number {
    return this.nowMs
  }
}

/** Seconds to wait, 0 when there is room. */
function waitOf(limit: LoginLimit, address: string): unknown {
  try {
    limit.requireRoom(address)
    return 0
  } catch (error) {
    return error instanceof LimpetError ? error.details['retryAfterSeconds'] : error
  }
}

test('ten wrong logins a minute from one address, refilled one every six seconds', () => {
  const clock = new TestClock()
  const limit = new LoginLimit(clock)
  for (let i = 0; i < 10; i += 1) {
    expect(waitOf(limit, 'a')).toBe(0)
    limit.countWrong('a')
  }
  expect(waitOf(limit, 'a')).toBe(6)
  expect(waitOf(limit, 'b')).toBe(0)
  clock.nowMs += 5000
  expect(waitOf(limit, 'a')).toBe(1)
  clock.nowMs += 1000
  expect(waitOf(limit, 'a')).toBe(0)
  limit.countWrong('a')
  expect(waitOf(limit, 'a')).toBe(6)
  clock.nowMs += 10 * 60_000
  for (let i = 0; i < 10; i += 1) limit.countWrong('a')
  expect(waitOf(limit, 'a')).toBe(6)
})

test('asking costs nothing: right logins are never counted', () => {
  const limit = new LoginLimit(new TestClock())
  for (let i = 0; i < 1000; i += 1) expect(waitOf(limit, 'a')).toBe(0)
})

test('a hundred a minute from everybody together', () => {
  const clock = new TestClock()
  const limit = new LoginLimit(clock)
  for (let i = 0; i < 100; i += 1) limit.countWrong(`address ${i}`)
  expect(waitOf(limit, 'new')).toBe(1)
  clock.nowMs += 600
  expect(waitOf(limit, 'new')).toBe(0)
})
