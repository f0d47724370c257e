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
async function waitOf(limit: LoginLimit, address: string): Promise<unknown> {
  try {
    await limit.attempt(address, right)
    return 0
  } catch (error) {
    return error instanceof LimpetError ? error.details['retryAfterSeconds'] : error
  }
}

const right = (): Promise<true> => Promise.resolve(true)
const wrong = (): Promise<undefined> => Promise.resolve(undefined)

test('ten wrong logins a minute from one address, refilled one every six seconds', async () => {
  const clock = new TestClock()
  const limit = new LoginLimit(clock)
  for (let i = 0; i < 10; i += 1) {
    expect(await waitOf(limit, 'a')).toBe(0)
    await limit.attempt('a', wrong)
  }
  expect(await waitOf(limit, 'a')).toBe(6)
  expect(await waitOf(limit, 'b')).toBe(0)
  clock.nowMs += 5000
  expect(await waitOf(limit, 'a')).toBe(1)
  clock.nowMs += 1000
  expect(await waitOf(limit, 'a')).toBe(0)
  await limit.attempt('a', wrong)
  expect(await waitOf(limit, 'a')).toBe(6)
  clock.nowMs += 10 * 60_000
  for (let i = 0; i < 10; i += 1) await limit.attempt('a', wrong)
  expect(await waitOf(limit, 'a')).toBe(6)
})

test('asking costs nothing: right logins are never counted', async () => {
  const limit = new LoginLimit(new TestClock())
  for (let i = 0; i < 1000; i += 1) expect(await waitOf(limit, 'a')).toBe(0)
})

test('a hundred a minute from everybody together', async () => {
  const clock = new TestClock()
  const limit = new LoginLimit(clock)
  for (let i = 0; i < 100; i += 1) await limit.attempt(`address ${i}`, wrong)
  expect(await waitOf(limit, 'new')).toBe(1)
  clock.nowMs += 600
  expect(await waitOf(limit, 'new')).toBe(0)
})

test('of many wrong logins at once no more are looked at than one after another', async () => {
  const limit = new LoginLimit(new TestClock())
  let looks = 0
  const slow = async (): Promise<undefined> => {
    looks += 1
    await new Promise((resolve) => setImmediate(resolve))
  }
  const attempts = Array.from({ length: 50 }, () => limit.attempt('a', slow))
  const refused = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'rejected')
  expect({ looks, refused: refused.length }).toEqual({ looks: 10, refused: 40 })
  expect(await waitOf(limit, 'b')).toBe(0)
})
