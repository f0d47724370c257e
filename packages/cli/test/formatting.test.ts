import { describe, expect, test } from 'vitest'
import { describeExit, exitCodeOf } from '../src/exit-status.ts'
import { formatAge } from '../src/duration.ts'
import { printable } from '../src/printable.ts'
import { shellLine } from '../src/shell-words.ts'
import { formatTable } from '../src/text-table.ts'

describe('what people read', () => {
  test('a table has columns as wide as their cells and fits the terminal', () => {
    const rows = [
      ['ID', 'TITLE'],
      ['abcdef', 'sleep 1000'],
    ]
    expect(formatTable(rows, undefined)).toBe('ID      TITLE\nabcdef  sleep 1000\n')
    expect(formatTable(rows, 12)).toBe('ID      TIT…\nabcdef  sle…\n')
  })

  test('an argv reads as a shell would take it', () => {
    expect(shellLine(['echo', 'two words', "it's", '', '-n', '$HOME'])).toBe(
      `echo 'two words' 'it'\\''s' '' -n '$HOME'`,
    )
  })

  test('an ending is a sentence and an exit code, as in shells', () => {
    const killed = { code: null, signal: 'SIGKILL', durationMs: 1 }
    const failed = { code: 3, signal: null, durationMs: 1 }
    expect([describeExit(killed), exitCodeOf(killed)]).toEqual(['ended by SIGKILL', 137])
    expect([describeExit(failed), exitCodeOf(failed)]).toEqual(['ended with code 3', 3])
  })

  test('foreign text cannot drive the terminal', () => {
    expect(printable('a\x1b]0;x\x07b\nc\x9b')).toBe('a^[]0;x^Gb c^[')
  })

  test('ages have one unit', () => {
    expect([999, 61_000, 3_700_000, 200_000_000].map(formatAge)).toEqual(['0s', '1m', '1h', '2d'])
  })
})
