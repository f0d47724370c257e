import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { contrast, parseColor } from '../src/terminal/color.ts'

const sheet = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8')

/** A token's colour in one of the two themes. */
function colorOf(token: string, theme: 'light' | 'dark'): number {
  const [, light, dark] =
    new RegExp(`--${token}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(sheet) ?? []
  const color = parseColor((theme === 'light' ? light : dark) ?? '')
  if (color === undefined) throw new Error(`no token --${token} with two colours in tokens.css`)
  return color
}

const GROUNDS = ['ground-behind', 'ground', 'ground-raised', 'ground-hover', 'ground-selected']
const ANSI_TEXTS = [
  ...['ansi-text-0', 'ansi-text-7', 'ansi-text-15'],
  ...[1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14].map((index) => `ansi-${index}`),
]

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const ratio = (text: string, ground: string): number =>
    contrast(colorOf(text, theme), colorOf(ground, theme))

  // Faint words stand on the first three only.
  test.each(GROUNDS)('text is readable on %s', (ground) => {
    expect(ratio('text', ground)).toBeGreaterThanOrEqual(7)
    expect(ratio('text-muted', ground)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(['ground-behind', 'ground', 'ground-raised'])(
    'quiet and loud words are readable on %s',
    (ground) => {
      for (const token of ['text-faint', 'accent', 'waiting', 'failure']) {
        expect({ token, isReadable: ratio(token, ground) >= 4.5 }).toEqual({
          token,
          isReadable: true,
        })
      }
    },
  )

  test.each(GROUNDS)('marks and edges of controls are seen on %s', (ground) => {
    for (const token of ['accent', 'failure', 'waiting', 'text-faint']) {
      expect({ token, isSeen: ratio(token, ground) >= 3 }).toEqual({ token, isSeen: true })
    }
    expect(ratio('line-strong', 'ground-raised')).toBeGreaterThanOrEqual(3)
  })

  test.each(ANSI_TEXTS)('%s is readable as text of a program', (token) => {
    expect(ratio(token, 'ground')).toBeGreaterThanOrEqual(4.5)
  })

  test('words on the accent are readable', () => {
    expect(ratio('on-accent', 'accent-ground')).toBeGreaterThanOrEqual(4.5)
  })
})
