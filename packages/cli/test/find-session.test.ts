import type { SessionInfo } from '@limpet/protocol'
import { byteOffset, parseSessionId } from '@limpet/protocol'
import { describe, expect, test } from 'vitest'
import { findSession } from '../src/find-session.ts'

function session(id: string, facts: Partial<SessionInfo> = {}): SessionInfo {
  const parsed = parseSessionId(id.padEnd(26, '0'))
  if (parsed === undefined) throw new Error(`${id} is no beginning of an id`)
  return {
    id: parsed,
    program: 'exec',
    title: 'cat',
    cwd: '/',
    lifetime: 'kept',
    state: 'running',
    startedAt: 0,
    keptFrom: byteOffset(0),
    end: byteOffset(0),
    isDurable: true,
    viewers: 0,
    ...facts,
  }
}

describe('findSession', () => {
  const first = session('abc1')
  const second = session('abc2', { name: 'build' })
  const ended = session('def', { name: 'build', state: 'ended' })
  const named = session('123', { name: 'abc1' })
  const all = [first, second, ended, named]

  test('takes a whole id, a unique beginning, or a name', () => {
    expect(findSession(all, first.id)).toBe(first)
    expect(findSession(all, 'de')).toBe(ended)
    expect(findSession(all, 'build')).toBe(second)
  })

  test('prefers a name to the beginning of an id, and what runs to what has ended', () => {
    expect(findSession(all, 'abc1')).toBe(named)
    expect(findSession([ended, second], 'build')).toBe(second)
    expect(findSession([ended], 'build')).toBe(ended)
  })

  test('says which ones it may be when there are several', () => {
    expect(() => findSession(all, 'abc')).toThrow(
      expect.objectContaining({
        code: 'SESSION_AMBIGUOUS',
        message: '"abc" may be any of abc10000, abc20000. Give more of the id.',
      }),
    )
  })

  test('finds nothing by an unknown or empty word', () => {
    for (const text of ['zzz', '']) {
      expect(() => findSession(all, text)).toThrow(
        expect.objectContaining({ code: 'SESSION_NOT_FOUND' }),
      )
    }
  })
})
