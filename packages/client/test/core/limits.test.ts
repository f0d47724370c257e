import { DEFAULT_WINDOW_BYTES, MAX_UNACKNOWLEDGED_INPUT_BYTES } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import {
  DIAL_DEADLINE_MS,
  HEARTBEAT_TICK_MS,
  MAX_RUN_OUTPUT_BYTES,
  MAX_WAITING_INPUT_BYTES,
  PING_DEADLINE_MS,
  PROBE_DEADLINE_MS,
  QUIET_MS,
  REQUEST_DEADLINE_MS,
  SESSION_CLOSE_DEADLINE_MS,
} from '../../src/core/limits.ts'

/** docs/PROTOCOL.md END-1: hang-up, 1 s, SIGTERM, 5 s, SIGKILL. */
const KILL_LADDER_MS = 6000

/** docs/PROTOCOL.md CONN-7. */
const GATEWAY_PATIENCE_MS = 30_000

describe('the limits of the SDK', () => {
  it('notice a dead peer before a request to it has run out of time', () => {
    const noticedMs = QUIET_MS + HEARTBEAT_TICK_MS + PING_DEADLINE_MS
    expect(noticedMs).toBeLessThan(REQUEST_DEADLINE_MS)
    expect(PROBE_DEADLINE_MS).toBeLessThan(PING_DEADLINE_MS)
    expect(DIAL_DEADLINE_MS).toBeLessThan(REQUEST_DEADLINE_MS)
  })

  it('break the silence before a gateway hangs up on it', () => {
    expect(QUIET_MS + HEARTBEAT_TICK_MS).toBeLessThan(GATEWAY_PATIENCE_MS)
    expect(QUIET_MS % HEARTBEAT_TICK_MS).toBe(0)
  })

  it('wait for an ending session longer than its host takes to end it', () => {
    expect(SESSION_CLOSE_DEADLINE_MS).toBeGreaterThan(2 * KILL_LADDER_MS)
  })

  it('keep more than a window, and hold more input than may be under way', () => {
    expect(MAX_RUN_OUTPUT_BYTES).toBeGreaterThan(DEFAULT_WINDOW_BYTES)
    expect(MAX_WAITING_INPUT_BYTES).toBeGreaterThan(MAX_UNACKNOWLEDGED_INPUT_BYTES)
  })
})
