// Owns how attributes of characters become escape sequences: colours, styles, underlines, links, protection.
// Compared by what they show: bits that xterm leaves behind and never looks at do not count.

import type { XtermAttributes, XtermCore } from './xterm.ts'

// As in xterm's buffer/Constants.ts.
const MODE_MASK = 0x3000000
const MODE_16 = 0x1000000
const MODE_256 = 0x2000000
const RGB_MASK = 0xffffff
const HAS_EXTENDED = 0x10000000
const PROTECTED = 0x20000000

/** A flag in the foreground word, and the number that sets it. */
const FOREGROUND_STYLES: readonly (readonly [number, number])[] = [
  [0x8000000, 1], // bold
  [0x20000000, 5], // blink
  [0x4000000, 7], // inverse
  [0x40000000, 8], // invisible
  [0x80000000, 9], // struck through
]
const BACKGROUND_STYLES: readonly (readonly [number, number])[] = [
  [0x8000000, 2], // dim
  [0x4000000, 3], // italic
  [0x40000000, 53], // overlined
]
const UNDERLINE = 0x10000000
const UNDERLINE_STYLE_SHIFT = 26

/** Attributes as sequences: the same text, the same looks. */
export interface Pen {
  /** SGR parameters that make it from none. */
  readonly style: string
  /** What comes between `OSC 8 ;` and its end; ';' without a link. */
  readonly link: string
  readonly isProtected: boolean
}

export const PLAIN: Pen = { style: '', link: ';', isProtected: false }

/**
 * Where attributes come from. `cell`: printed. `current`: what the next character is printed with; an underline's
 * colour is kept there without an underline, too. `saved`: with a saved cursor, which keeps only that there is an
 * underline, not which.
 */
export type PenSource = 'cell' | 'current' | 'saved'

export function penOf(core: XtermCore, attributes: XtermAttributes, source: PenSource): Pen {
  const { fg, bg, extended } = attributes
  if (fg === 0 && bg === 0 && source !== 'current') return PLAIN
  const isExtended = hasExtended(bg)
  const isUnderlined = (fg & UNDERLINE) !== 0
  const parameters: (number | string)[] = []
  for (const [flag, code] of FOREGROUND_STYLES) if ((fg & flag) !== 0) parameters.push(code)
  for (const [flag, code] of BACKGROUND_STYLES) if ((bg & flag) !== 0) parameters.push(code)
  if (source === 'saved') {
    if (isUnderlined) parameters.push(4)
  } else if (isExtended || source === 'current') {
    parameters.push(...underlineOf(isUnderlined, extended._ext))
  }
  parameters.push(...colorOf(fg, 30), ...colorOf(bg, 40))
  return {
    style: parameters.join(';'),
    link: isExtended ? linkOf(core, attributes, source) : ';',
    isProtected: (bg & PROTECTED) !== 0,
  }
}

/** True when underline or link may differ though these words do not. */
export function hasExtended(bg: number): boolean {
  return (bg & HAS_EXTENDED) !== 0
}

/** The pen with which cells were erased: only a background. */
export function erasingPenOf(bg: number): Pen {
  const style = colorOf(bg, 40).join(';')
  return style === '' ? PLAIN : { ...PLAIN, style }
}

/** True when an empty cell with these attributes looks like more than its background. */
export function showsWhenEmpty({ fg, bg }: XtermAttributes): boolean {
  const inverse = 0x4000000
  const struck = 0x80000000
  const overlined = 0x40000000
  return (fg & (inverse | struck | UNDERLINE)) !== 0 || (bg & overlined) !== 0
}

/** What turns one pen into the other; nothing when they are the same. */
export function penChange(from: Pen, to: Pen): string {
  if (from === to) return ''
  let change = ''
  if (from.link !== to.link) change += `\x1b]8;${to.link}\x1b\\`
  // SGR 0 takes the protection away, too.
  const isStyled = from.style !== to.style || (from.isProtected && !to.isProtected)
  if (isStyled) change += to.style === '' ? '\x1b[0m' : `\x1b[0;${to.style}m`
  if (to.isProtected && (isStyled || !from.isProtected)) change += '\x1b[1"q'
  return change
}

function underlineOf(isUnderlined: boolean, ext: number): (number | string)[] {
  const color = ext & (MODE_MASK | RGB_MASK)
  const parameters: (number | string)[] = []
  if (isUnderlined) {
    const style = (ext >>> UNDERLINE_STYLE_SHIFT) & 7
    if (style > 0) parameters.push(style === 1 ? 4 : `4:${style}`)
  }
  if (color === (MODE_MASK | RGB_MASK)) parameters.push(59)
  else parameters.push(...colorOf(color, 50))
  return parameters
}

/** @param base 30 foreground, 40 background, 50 underline */
function colorOf(word: number, base: number): (number | string)[] {
  const palette = word & 0xff
  switch (word & MODE_MASK) {
    case 0:
      return []
    case MODE_16:
      return [palette < 8 ? base + palette : base + 60 + (palette & 7)]
    case MODE_256:
      return [base + 8, 5, palette]
    default:
      return [base + 8, 2, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff]
  }
}

function linkOf(core: XtermCore, attributes: XtermAttributes, source: PenSource): string {
  // Saved is only that there was one: any will do, since the present one replaces it.
  if (source === 'saved') return (attributes.fg & UNDERLINE) === 0 ? ';x:' : ';'
  const { urlId } = attributes.extended
  const link = urlId === 0 ? undefined : core._oscLinkService.getLinkData(urlId)
  if (link === undefined) return ';'
  return `${link.id === undefined ? '' : `id=${link.id}`};${link.uri}`
}
