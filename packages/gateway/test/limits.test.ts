// Tests the relations between limits that their comments promise.
import { DEFAULT_WINDOW_BYTES } from '@limpet/protocol'
import { expect, test } from 'vitest'
import * as limits from '../src/limits.ts'

test('a request has longer for its body than for its head, and both are looked at often enough', () => {
  expect(limits.REQUEST_DEADLINE_MS).toBeGreaterThan(limits.HEADERS_DEADLINE_MS)
  expect(limits.DEADLINE_SWEEP_MS).toBeLessThanOrEqual(limits.HEADERS_DEADLINE_MS / 5)
})

test('logins are noted far more often than they run out, by a timer that Node can hold', () => {
  expect(limits.LOGIN_TOUCH_MS).toBeLessThan(limits.LOGIN_IDLE_MS / 100)
  expect(limits.PING_INTERVAL_MS).toBeLessThan(2 ** 31)
})

test('a slow client stops its link long before a window has piled up, and Node will report the drain', () => {
  expect(limits.CLIENT_HIGH_WATER_BYTES).toBeLessThan(DEFAULT_WINDOW_BYTES)
  expect(limits.CLIENT_HIGH_WATER_BYTES).toBeGreaterThanOrEqual(64 * 1024)
  expect(limits.MAX_CLIENT_BACKLOG_BYTES).toBeGreaterThan(DEFAULT_WINDOW_BYTES)
})
