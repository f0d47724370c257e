import { describe, expect, test } from 'vitest'
import {
  cleanTitle,
  formatBytes,
  formatCount,
  formatDuration,
  formatElapsed,
  formatExit,
  formatPath,
  formatTime,
  nameOf,
  plural,
} from '../../src/ui/format.ts'

describe('figures in words', () => {
  test.each([
    [0, '0 ms'],
    [12.4, '12 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [3149, '3.1 s'],
    [9999, '9.9 s'],
    [42_000, '0:42'],
    [3_723_000, '1:02:03'],
    [200_000_000, '2 d 7 h'],
  ])('%d ms took %s', (ms, words) => expect(formatDuration(ms)).toBe(words))

  test('what runs is counted in whole seconds', () => {
    expect([formatElapsed(0), formatElapsed(7900), formatElapsed(-5)]).toEqual([
      '0:00',
      '0:07',
      '0:00',
    ])
  })

  test('thousands are grouped by a space that does not break', () => {
    expect([formatCount(999), formatCount(12431), formatCount(1_000_000)]).toEqual([
      '999',
      '12\u202f431',
      '1\u202f000\u202f000',
    ])
    expect([plural(1, 'line'), plural(40, 'line')]).toEqual(['1 line', '40 lines'])
  })

  test('bytes have decimal units', () => {
    expect([formatBytes(512), formatBytes(8_400), formatBytes(3_400_000)]).toEqual([
      '512 bytes',
      '8 kB',
      '3.4 MB',
    ])
  })

  test('a time has a day only when it needs one', () => {
    const now = new Date(2026, 4, 20, 16, 0).getTime()
    expect([
      formatTime(new Date(2026, 4, 20, 9, 5).getTime(), now),
      formatTime(new Date(2026, 4, 18, 14, 2).getTime(), now),
      formatTime(new Date(2026, 4, 3, 14, 2).getTime(), now),
    ]).toEqual(['09:05', 'Mon 14:02', 'May 3 14:02'])
  })
})

describe('names', () => {
  test.each([
    ['/root', '~'],
    ['/home/ada/src', '~/src'],
    ['/home/ada/a/b/c/d', '~/…/c/d'],
    ['/rooted', '/rooted'],
    ['/', '/'],
  ])('%s is shown as %s', (path, short) => expect(formatPath(path)).toBe(short))

  test('a session has the name people gave it, else its line, else its program', () => {
    const session = { title: ' echo a\n  echo b ', program: 'command' }
    expect([
      nameOf({ ...session, name: 'mine' }),
      nameOf(session),
      nameOf({ ...session, title: '' }),
    ]).toEqual(['mine', 'echo a echo b', 'command'])
  })

  test.each([
    [{ code: 0, signal: null }, 'done'],
    [{ code: 2, signal: null }, 'exit 2'],
    [{ code: null, signal: 'SIGKILL' }, 'SIGKILL'],
    [{ code: null, signal: 'SIGINT' }, 'interrupted'],
  ])('%o is "%s"', (exit, words) => expect(formatExit({ ...exit, durationMs: 1 })).toBe(words))
})

describe('a title that a program chose', () => {
  test('loses control characters and what turns text around', () => {
    expect(cleanTitle('a\u0007b\u001b[31mc\u202eevil\u2066')).toBe('ab[31mcevil')
  })

  test('is cut at 256 characters, never within one', () => {
    expect([...cleanTitle('😀'.repeat(1000))].length).toBe(256)
    expect(cleanTitle('😀'.repeat(1000)).endsWith('😀')).toBe(true)
  })
})
