import { describe, expect, test } from 'vitest'
import {
  bytesOfKey,
  withModifiers,
  type BarKey,
  type Modifiers,
} from '../../src/terminal/key-bytes.ts'

const NONE: Modifiers = { control: false, alt: false }
const CONTROL: Modifiers = { control: true, alt: false }
const ALT: Modifiers = { control: false, alt: true }

describe('keys of the bar on a phone', () => {
  test.each<[BarKey, Modifiers, boolean, string]>([
    ['Escape', NONE, false, '\x1b'],
    ['Tab', NONE, false, '\t'],
    ['Up', NONE, false, '\x1b[A'],
    ['Up', NONE, true, '\x1bOA'],
    ['Left', CONTROL, false, '\x1b[1;5D'],
    ['Left', CONTROL, true, '\x1b[1;5D'],
    ['Right', ALT, false, '\x1b[1;3C'],
    ['PageUp', NONE, true, '\x1b[5~'],
    ['Home', NONE, false, '\x1b[H'],
  ])('%s with %o (application mode: %s)', (key, modifiers, isApplicationMode, bytes) =>
    expect(bytesOfKey(key, modifiers, isApplicationMode)).toBe(bytes),
  )

  test('Ctrl makes the next letter a control character, Alt puts Escape before it', () => {
    expect([
      withModifiers('c', CONTROL),
      withModifiers('C', CONTROL),
      withModifiers(' ', CONTROL),
      withModifiers('[', CONTROL),
      withModifiers('1', CONTROL),
      withModifiers('b', ALT),
      withModifiers('x', { control: true, alt: true }),
      withModifiers('ä', NONE),
    ]).toEqual(['\x03', '\x03', '\0', '\x1b', '1', '\x1bb', '\x1b\x18', 'ä'])
  })

  test('a paste or a swiped word is no key: it stays as it is', () => {
    expect(withModifiers('hello', CONTROL)).toBe('hello')
  })
})
