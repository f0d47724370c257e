import { describe, expect, test } from 'vitest'
import {
  formatBinding,
  isPressed,
  type KeyBinding,
  type KeyPlace,
  type PressedKey,
} from '../../src/ui/key-binding.ts'

const PLACES: readonly KeyPlace[] = ['page', 'field', 'terminal']

function press(key: string, code: string, modifiers = ''): PressedKey {
  return {
    key,
    code,
    ctrlKey: modifiers.includes('C'),
    altKey: modifiers.includes('A'),
    shiftKey: modifiers.includes('S'),
    metaKey: modifiers.includes('M'),
  }
}

/** Where a press means the binding. */
function places(binding: KeyBinding, event: PressedKey): KeyPlace[] {
  return PLACES.filter((place) => isPressed(binding, event, place))
}

describe('keys', () => {
  test('Ctrl-K and ⌘K mean the palette everywhere but in a terminal, which has Ctrl-K for itself', () => {
    const palette: KeyBinding = { modifier: 'main', key: 'k' }
    expect(places(palette, press('k', 'KeyK', 'C'))).toEqual(['page', 'field'])
    expect(places(palette, press('k', 'KeyK', 'M'))).toEqual(['page', 'field'])
    expect(places(palette, press('k', 'KeyK', 'CM'))).toEqual([])
    expect(places(palette, press('K', 'KeyK', 'CS'))).toEqual([])
  })

  test('Ctrl-Shift chords reach the page from a terminal, too', () => {
    expect(places({ modifier: 'chord', key: 'k' }, press('K', 'KeyK', 'CS'))).toEqual(PLACES)
  })

  test('digits go by their place: with Shift they are other characters', () => {
    expect(places({ modifier: 'chord', key: '3' }, press('#', 'Digit3', 'CS'))).toEqual(PLACES)
    expect(places({ modifier: 'alt', key: '3' }, press('3', 'Digit3', 'A'))).toEqual([
      'page',
      'field',
    ])
  })

  test('Alt with a letter works where Alt makes another letter of it', () => {
    expect(places({ modifier: 'alt', key: 'n' }, press('˜', 'KeyN', 'A'))).toEqual([
      'page',
      'field',
    ])
  })

  test('letters go by what they are, whatever the layout', () => {
    expect(places({ modifier: 'main', key: 'k' }, press('k', 'KeyV', 'C'))).toEqual([
      'page',
      'field',
    ])
  })

  test('AltGr, which is Ctrl and Alt, is typing', () => {
    expect(places({ modifier: 'alt', key: '/' }, press('/', 'Slash', 'CA'))).toEqual([])
  })

  test('a bare key is never taken from a field or a terminal', () => {
    expect(places({ modifier: 'none', key: '?' }, press('?', 'Slash', 'S'))).toEqual(['page'])
  })

  test('are written as people know them', () => {
    expect([
      formatBinding({ modifier: 'main', key: 'k' }, false),
      formatBinding({ modifier: 'main', key: 'k' }, true),
      formatBinding({ modifier: 'alt', key: 'n' }, false),
      formatBinding({ modifier: 'chord', key: '-' }, false),
    ]).toEqual(['Ctrl-K', '⌘K', 'Alt-N', 'Ctrl-Shift-−'])
  })
})
