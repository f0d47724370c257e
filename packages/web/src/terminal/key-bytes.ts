// Owns the bytes of keys that a phone's keyboard lacks, as a terminal sends them. Pure.

export const BAR_KEYS = [
  'Escape',
  'Tab',
  'Up',
  'Down',
  'Left',
  'Right',
  'Home',
  'End',
  'PageUp',
  'PageDown',
] as const
export type BarKey = (typeof BAR_KEYS)[number]

/** Modifiers that stick until the next key. */
export interface Modifiers {
  readonly control: boolean
  readonly alt: boolean
}

const FINALS: Partial<Record<BarKey, string>> = {
  Up: 'A',
  Down: 'B',
  Right: 'C',
  Left: 'D',
  Home: 'H',
  End: 'F',
}
const TILDES: Partial<Record<BarKey, number>> = { PageUp: 5, PageDown: 6 }

/** @param isApplicationMode what the program asked for by DECCKM */
export function bytesOfKey(key: BarKey, modifiers: Modifiers, isApplicationMode: boolean): string {
  const code = 1 + (modifiers.alt ? 2 : 0) + (modifiers.control ? 4 : 0)
  if (key === 'Escape') return modifiers.alt ? '\x1b\x1b' : '\x1b'
  if (key === 'Tab') return modifiers.alt ? '\x1b\t' : '\t'
  const tilde = TILDES[key]
  if (tilde !== undefined) return code > 1 ? `\x1b[${tilde};${code}~` : `\x1b[${tilde}~`
  const final = FINALS[key] ?? ''
  if (code > 1) return `\x1b[1;${code}${final}`
  return isApplicationMode ? `\x1bO${final}` : `\x1b[${final}`
}

/** Typed text with the sticking modifiers: Ctrl makes a letter a control character, Alt puts Escape before it. */
export function withModifiers(text: string, modifiers: Modifiers): string {
  const first = text[0]
  if (first === undefined || [...text].length !== 1) return text
  const controlled = modifiers.control ? controlOf(first) : first
  return modifiers.alt ? `\x1b${controlled}` : controlled
}

function controlOf(letter: string): string {
  const upper = letter.toUpperCase()
  if (upper === ' ') return '\0'
  if (upper === '?') return '\x7f'
  const code = upper.charCodeAt(0)
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : letter
}
