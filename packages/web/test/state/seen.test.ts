import type { SessionId } from '@limpet/protocol'
import { signal } from '@preact/signals'
import { describe, expect, test } from 'vitest'
import { createSeen } from '../../src/state/seen.ts'
import { idOf, sessionOf } from '../session-facts.ts'

describe('unseen output', () => {
  /** A host that remembers what it is told. */
  function seenBy(known: ReadonlyMap<SessionId, number> = new Map()) {
    const told: (readonly [session: unknown, outputAt: number])[] = []
    const markSeen = async (session: unknown, outputAt: number): Promise<void> => {
      told.push([session, outputAt])
    }
    const seenAt = signal(known)
    return { told, seenAt, seen: createSeen(signal({ markSeen }), seenAt) }
  }

  test('is what was written after the session was last in front', () => {
    const { seen } = seenBy()
    const session = sessionOf({ lastOutputAt: 6000 })
    expect(seen.hasUnseen(session)).toBe(true)
    seen.markSeen(session)
    expect(seen.hasUnseen(session)).toBe(false)
    expect(seen.hasUnseen({ ...session, lastOutputAt: 6001 })).toBe(true)
  })

  test('is nothing while a session has written nothing', () => {
    expect(seenBy().seen.hasUnseen(sessionOf())).toBe(false)
  })

  test('[END-5] is what the host knows of this principal, from whatever device it was seen', () => {
    const { seen, seenAt } = seenBy(new Map([[idOf(1), 6000]]))
    expect(seen.hasUnseen(sessionOf({ lastOutputAt: 6000 }))).toBe(false)
    expect(seen.hasUnseen(sessionOf({ id: idOf(2), lastOutputAt: 6000 }))).toBe(true)
    seenAt.value = new Map([[idOf(2), 6000]])
    expect(seen.hasUnseen(sessionOf({ id: idOf(2), lastOutputAt: 6000 }))).toBe(false)
  })

  test('that was shown is told to the host, once', () => {
    const { seen, told } = seenBy()
    const session = sessionOf({ lastOutputAt: 6000 })
    seen.markSeen(session)
    seen.markSeen(session)
    expect(told).toEqual([[session.id, 6000]])
  })
})
