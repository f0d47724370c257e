import { LimpetError } from '@limpet/protocol'
import { expect, test } from 'vitest'
import { wordsOf } from '../../src/ui/connection-words.tsx'

const now = new Date(2026, 4, 20, 14, 5, 0).getTime()
const sinceMs = new Date(2026, 4, 20, 14, 2).getTime()
const lastError = new LimpetError('CONNECTION_LOST', 'The connection was closed.')

test('the connection is put into words that are true', () => {
  const base = { state: 'connecting', sinceMs, attempt: 2, lastError } as const
  expect([
    wordsOf(undefined, now).text,
    wordsOf({ state: 'connected', sinceMs }, now).text,
    wordsOf({ state: 'connected', sinceMs }, now, { latencyMs: 3.2 }).text,
    wordsOf({ state: 'connected', sinceMs }, now, { latencyMs: 3.2, hostSilentSinceMs: sinceMs })
      .text,
    wordsOf({ ...base, lastError: undefined, nextRetryAtMs: undefined }, now).text,
    wordsOf({ ...base, nextRetryAtMs: now + 2400 }, now).text,
    wordsOf({ ...base, nextRetryAtMs: now - 50 }, now).text,
    wordsOf({ ...base, nextRetryAtMs: undefined }, now).text,
    wordsOf({ state: 'closed', sinceMs, error: lastError }, now).text,
  ]).toEqual([
    'connecting',
    'connected',
    'connected · 3 ms',
    'the host has not answered since 14:02',
    'connecting',
    'offline since 14:02, next try in 3 s',
    'offline since 14:02, next try in 1 s',
    'offline since 14:02, trying now',
    'The connection was closed.',
  ])
  expect(wordsOf({ ...base, nextRetryAtMs: now + 2400 }, now).short).toBe(
    'offline, next try in 3 s',
  )
})
