import { describe, expect, test } from 'vitest'
import { handleReplayKeys } from '../src/replay/replay-keys.ts'
import { ReplayFilter } from '../src/replay/replay-filter.ts'
import { TerminalModes } from '../src/terminal/terminal-modes.ts'

function shown(...parts: readonly string[]): { text: string; restored: string } {
  const modes = new TerminalModes()
  const filter = new ReplayFilter(modes)
  const text = parts.map((part) =>
    Buffer.from(filter.push(Buffer.from(part, 'latin1'))).toString('latin1'),
  )
  return { text: text.join(''), restored: modes.restore() }
}

describe('ReplayFilter', () => {
  test('lets through what draws, and notes it for the end', () => {
    const text = '\x1b[?1049h\x1b[2J\x1b[1;31mred\x1b[0m\x1b[?25l'
    expect(shown(text)).toEqual({ text, restored: '\x1b[?1049l\x1b[?25h\x1b[0m' })
  })

  test.each([
    ['queries', 'a\x1b[6n\x1b[c\x1b]11;?\x07b'],
    ['mouse and focus', 'a\x1b[?1000h\x1b[?1002;1006h\x1b[?1004hb'],
    ['bracketed paste and cursor keys', 'a\x1b[?2004h\x1b[?1h\x1b=b'],
    ["kitty's and xterm's keyboards", 'a\x1b[>1u\x1b[=5;1u\x1b[>4;2mb'],
    ['the clipboard', 'a\x1b]52;c;aGk=\x07b'],
  ])('leaves out %s, wherever they are cut', (_what, text) => {
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(shown(text.slice(0, cut), text.slice(cut))).toEqual({
        text: 'ab',
        restored: '\x1b[0m',
      })
    }
  })

  test('keeps modes that draw when they come together with others', () => {
    expect(shown('\x1b[?1049;25h').text).toBe('\x1b[?1049;25h')
  })
})

describe('handleReplayKeys', () => {
  function pressed(keys: string): string[] {
    const acts: string[] = []
    handleReplayKeys(Buffer.from(keys), {
      togglePause: () => acts.push('pause'),
      changeSpeed: (factor) => acts.push(`speed ${factor}`),
      skip: (ms) => acts.push(`skip ${ms}`),
      end: () => acts.push('end'),
    })
    return acts
  }

  test('knows its keys, several in one read, in both ways of arrow keys', () => {
    expect(pressed(' \x1b[C\x1bOC\x1b[A\x1b[Bq')).toEqual([
      'pause',
      'skip 10000',
      'skip 10000',
      'speed 2',
      'speed 0.5',
      'end',
    ])
  })

  test('does nothing for all others', () => {
    expect(pressed('xyz\x1b[D\x1b\r\n')).toEqual([])
    expect(pressed('\x03')).toEqual(['end'])
  })
})
