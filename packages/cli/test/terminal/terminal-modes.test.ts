import { describe, expect, test } from 'vitest'
import { TerminalModes } from '../../src/terminal/terminal-modes.ts'

function restoreAfter(...sequences: string[]): string {
  const modes = new TerminalModes()
  for (const sequence of sequences) modes.note(sequence)
  return modes.restore()
}

describe('TerminalModes', () => {
  test('resets only colours when nothing was changed', () => {
    expect(restoreAfter('\x1b[1m', '\x1b[2J')).toBe('\x1b[0m')
  })

  test('leaves the other screen, mouse and paste modes, and shows the cursor', () => {
    expect(restoreAfter('\x1b[?1049h', '\x1b[?1002;1006h', '\x1b[?25l', '\x1b[?2004h')).toBe(
      '\x1b[?1049l\x1b[?1002l\x1b[?1006l\x1b[?25h\x1b[?2004l\x1b[0m',
    )
  })

  test('resets nothing that the program itself put back', () => {
    expect(restoreAfter('\x1b[?1049h', '\x1b[?25l', '\x1b[?25h', '\x1b[?1049l')).toBe('\x1b[0m')
    expect(restoreAfter('\x1b[?1049h', '\x1b[5;10r', '\x1bc')).toBe('\x1b[0m')
  })

  test('undoes keyboard modes, scroll region, cursor style and colours once', () => {
    expect(
      restoreAfter(
        '\x1b[>1u',
        '\x1b[>3u',
        '\x1b[>4;2m',
        '\x1b[2;20r',
        '\x1b[6 q',
        '\x1b]11;#000\x07',
      ),
    ).toBe('\x1b[=0u\x1b[<9u\x1b[>4m\x1b7\x1b[r\x1b8\x1b[0 q\x1b]111\x1b\\\x1b[0m')
  })
})
