import { describe, expect, test } from 'vitest'
import { createBrowserState } from '../../src/state/browser-state.ts'
import { createSeen } from '../../src/state/seen.ts'
import { mapStore } from '../map-store.ts'
import { idOf, sessionOf } from '../session-facts.ts'

const FIRST_VISIT = 5000

describe('unseen output', () => {
  const seenBy = (store = mapStore()) =>
    createSeen(createBrowserState({ store, prefix: '' }), FIRST_VISIT)

  test('is what was written after the session was last in front', () => {
    const seen = seenBy()
    const session = sessionOf({ lastOutputAt: 6000 })
    expect(seen.hasUnseen(session)).toBe(true)
    seen.markSeen(session)
    expect(seen.hasUnseen(session)).toBe(false)
    expect(seen.hasUnseen({ ...session, lastOutputAt: 6001 })).toBe(true)
  })

  test('is nothing that was there before the first visit', () => {
    expect(seenBy().hasUnseen(sessionOf({ lastOutputAt: FIRST_VISIT - 1 }))).toBe(false)
  })

  test('is nothing while a session has written nothing', () => {
    expect(seenBy().hasUnseen(sessionOf())).toBe(false)
  })

  test('is remembered for each session over a reload', () => {
    const store = mapStore()
    seenBy(store).markSeen(sessionOf({ lastOutputAt: 6000 }))
    const again = createSeen(createBrowserState({ store, prefix: '' }), 9000)
    expect(again.hasUnseen(sessionOf({ lastOutputAt: 6000 }))).toBe(false)
    expect(again.hasUnseen(sessionOf({ id: idOf(2), lastOutputAt: 6000 }))).toBe(true)
  })
})
