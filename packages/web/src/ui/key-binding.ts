// Owns which key presses mean something to the page, and how they are written for people. Pure.
// In a focused terminal every key belongs to the program, except Ctrl-Shift chords.

/** Where the focus is when a key is pressed. */
export type KeyPlace = 'page' | 'field' | 'terminal'

export interface KeyBinding {
  /** main: Ctrl, or ⌘ on a Mac. chord: Ctrl-Shift on every machine. none: a bare key, never in a field. */
  readonly modifier: 'main' | 'alt' | 'chord' | 'none'
  /** A letter in lower case, a digit, or one of `/ \ ? + -`. */
  readonly key: string
}

/** What is read of a KeyboardEvent. */
export interface PressedKey {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
}

/** Keys by their place: with Alt or Shift, layouts give other characters. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  '/': ['Slash', 'NumpadDivide'],
  '\\': ['Backslash', 'IntlBackslash'],
  '+': ['Equal', 'NumpadAdd'],
  '-': ['Minus', 'NumpadSubtract'],
}

export function isPressed(binding: KeyBinding, event: PressedKey, place: KeyPlace): boolean {
  return isInPlace(binding, place) && hasModifier(binding, event) && isKey(binding, event)
}

function isInPlace({ modifier }: KeyBinding, place: KeyPlace): boolean {
  if (modifier === 'chord') return true
  if (modifier === 'none') return place === 'page'
  return place !== 'terminal'
}

function hasModifier({ modifier }: KeyBinding, event: PressedKey): boolean {
  const { ctrlKey, altKey, metaKey, shiftKey } = event
  const held: Readonly<Record<KeyBinding['modifier'], boolean>> = {
    main: ctrlKey !== metaKey && !altKey && !shiftKey,
    alt: altKey && !ctrlKey && !metaKey && !shiftKey,
    chord: ctrlKey && shiftKey && !altKey && !metaKey,
    // Shift may be what makes the character.
    none: !ctrlKey && !altKey && !metaKey,
  }
  return held[modifier]
}

function isKey({ modifier, key }: KeyBinding, event: PressedKey): boolean {
  if (modifier === 'none') return event.key === key
  if (/^\d$/.test(key)) return event.code === `Digit${key}`
  const codes = CODES[key]
  if (codes !== undefined) return codes.includes(event.code) || event.key === key
  if (event.key.toLowerCase() === key) return true
  // Alt makes other letters on a Mac: there the place decides.
  return modifier === 'alt' && event.code === `Key${key.toUpperCase()}`
}

/** "Ctrl-K", "⌘K", "Alt-1", "Ctrl-Shift-F". */
export function formatBinding({ modifier, key }: KeyBinding, isMac: boolean): string {
  const name = key === '-' ? '−' : key.toUpperCase()
  const written: Readonly<Record<KeyBinding['modifier'], string>> = {
    main: isMac ? `⌘${name}` : `Ctrl-${name}`,
    alt: isMac ? `⌥${name}` : `Alt-${name}`,
    chord: `Ctrl-Shift-${name}`,
    none: name,
  }
  return written[modifier]
}
