import { describe, expect, test } from 'vitest'
import {
  byActivity,
  byStart,
  durationOf,
  kindOf,
  outcomeOf,
} from '../../src/state/session-facts.ts'
import { idOf, sessionOf } from '../session-facts.ts'

describe('what a session is shown as', () => {
  test.each([
    [sessionOf({ program: 'command' }), 'command'],
    [sessionOf({ program: 'python' }), 'kernel'],
    [sessionOf({ program: 'shell' }), 'tty'],
    [sessionOf({ program: 'htop' }), 'tty'],
  ])('%#', (session, kind) => expect(kindOf(session)).toBe(kind))

  test('pipes are a command, whatever the program', () => {
    const { terminal: _, ...session } = sessionOf({ program: 'exec' })
    expect(kindOf(session)).toBe('command')
  })

  test('a command works or fails; a shell that was left is neither', () => {
    const exit = { code: 2, signal: null, durationMs: 5 }
    const ended = { state: 'ended', exit } as const
    expect([
      outcomeOf(sessionOf()),
      outcomeOf(sessionOf(ended)),
      outcomeOf(sessionOf({ ...ended, exit: { ...exit, code: 0 } })),
      outcomeOf(sessionOf({ ...ended, program: 'shell' })),
      outcomeOf(sessionOf({ ...ended, exit: { code: null, signal: 'SIGKILL', durationMs: 5 } })),
    ]).toEqual(['running', 'failed', 'done', 'ended', 'failed'])
  })

  test('time is measured by the host once it has ended', () => {
    const session = sessionOf({ startedAt: 1000 })
    expect(durationOf(session, 3500)).toBe(2500)
    const ended = sessionOf({ exit: { code: 0, signal: null, durationMs: 7 } })
    expect(durationOf(ended, 9_999_999)).toBe(7)
  })
})

test('running ones are sorted by activity, those of the stream by their start', () => {
  const old = sessionOf({ id: idOf(1), startedAt: 1, lastOutputAt: 100 })
  const young = sessionOf({ id: idOf(2), startedAt: 50 })
  expect([young, old].toSorted(byActivity)).toEqual([old, young])
  expect([young, old].toSorted(byStart)).toEqual([old, young])
})
