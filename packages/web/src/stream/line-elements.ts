// Owns how styled lines become elements: text only, never markup from a program; addresses become links that open
// apart. Colours are the page's tokens, so a theme changes without drawing again.
// Before: terminal/styled-lines.ts; after: lines.tsx puts them into the page.

import { paletteColor, readableOn, toHex } from '../terminal/color.ts'
import { safeTarget } from '../terminal/links.ts'
import {
  NO_COLOR,
  RGB_COLOR,
  STYLE,
  textOfLine,
  type Run,
  type StyledLine,
} from '../terminal/styled-lines.ts'

/** The grounds that text has to be readable on: `--ground` of tokens.css, light and dark. */
const LIGHT_GROUND = 0xfbfcfc
const DARK_GROUND = 0x101517

/** Palette colours that have a token of their own as text on the plain ground. */
const TEXT_TOKENS: ReadonlySet<number> = new Set([0, 7, 15])

const CLASSES: readonly (readonly [flag: number, name: string])[] = [
  [STYLE.bold, 'bold'],
  [STYLE.dim, 'dim'],
  [STYLE.italic, 'italic'],
  [STYLE.hidden, 'hidden'],
]

const ADDRESS = /https?:\/\/[^\s"'!*(){}|\\^<>`]*[^\s"':,.!?{}|\\^~[\]`()<>]/gi

/** One line as an element; an empty one keeps its height by style. */
export function lineElement(line: StyledLine): HTMLElement {
  const element = document.createElement('div')
  const links = linksIn(textOfLine(line))
  let at = 0
  for (const run of line) {
    for (const piece of cutAtLinks(run, at, links)) element.append(runNode(piece.run, piece.target))
    at += run.text.length
  }
  return element
}

interface Link {
  readonly from: number
  readonly to: number
  readonly target: string
}

function linksIn(text: string): readonly Link[] {
  if (!text.includes('://')) return []
  return [...text.matchAll(ADDRESS)].flatMap(({ 0: found, index }) => {
    const target = safeTarget(found)
    return target === undefined ? [] : [{ from: index, to: index + found.length, target }]
  })
}

function cutAtLinks(
  run: Run,
  start: number,
  links: readonly Link[],
): readonly { readonly run: Run; readonly target?: string }[] {
  const end = start + run.text.length
  const touching = links.filter(({ from, to }) => from < end && to > start)
  if (touching.length === 0) return [{ run }]
  const pieces: { run: Run; target?: string }[] = []
  const part = (from: number, to: number): Run => ({
    ...run,
    text: run.text.slice(from - start, to - start),
  })
  let at = start
  for (const { from, to, target } of touching) {
    if (from > at) pieces.push({ run: part(at, from) })
    const last = Math.min(to, end)
    pieces.push({ run: part(Math.max(from, at), last), target })
    at = last
  }
  if (at < end) pieces.push({ run: part(at, end) })
  return pieces
}

function runNode(run: Run, target?: string): Node {
  const isPlain = run.flags === 0 && run.foreground === NO_COLOR && run.background === NO_COLOR
  if (isPlain && target === undefined) return document.createTextNode(run.text)
  const element = document.createElement(target === undefined ? 'span' : 'a')
  if (element instanceof HTMLAnchorElement && target !== undefined) {
    element.href = target
    element.target = '_blank'
    element.rel = 'noopener noreferrer'
  }
  if ((run.flags & STYLE.wide) === 0) element.textContent = run.text
  else element.append(...wideCharacters(run.text))
  for (const [flag, name] of CLASSES) if ((run.flags & flag) !== 0) element.classList.add(name)
  applyLines(element, run.flags)
  applyColors(element, run)
  return element
}

/** Each in a box of two columns: fonts disagree about how wide they are. */
function wideCharacters(text: string): readonly HTMLElement[] {
  const segments = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)
  return Array.from(segments, ({ segment }) => {
    const box = document.createElement('span')
    box.className = 'wide'
    box.textContent = segment
    return box
  })
}

function applyLines(element: HTMLElement, flags: number): void {
  const lines = [
    (flags & STYLE.underlined) !== 0 ? 'underline' : '',
    (flags & STYLE.struckThrough) !== 0 ? 'line-through' : '',
    (flags & STYLE.overlined) !== 0 ? 'overline' : '',
  ].join(' ')
  if (lines.trim() !== '') element.style.textDecorationLine = lines
}

function applyColors(element: HTMLElement, { foreground, background, flags }: Run): void {
  if ((flags & STYLE.inverse) !== 0) {
    element.style.color = background === NO_COLOR ? 'var(--ground)' : groundColor(background)
    element.style.background = foreground === NO_COLOR ? 'var(--text)' : groundColor(foreground)
    return
  }
  if (background !== NO_COLOR) element.style.background = groundColor(background)
  if (foreground === NO_COLOR) return
  // With a ground of its own the program chose the pair; on ours the text has to be readable.
  element.style.color = background === NO_COLOR ? textColor(foreground) : groundColor(foreground)
}

/** The colour as it is. */
function groundColor(color: number): string {
  if (color < 16) return `var(--ansi-${color})`
  return toHex(color < RGB_COLOR ? paletteColor(color) : color - RGB_COLOR)
}

/** The colour, or the nearest one that can be read on the page's ground. */
function textColor(color: number): string {
  if (color < 16) return `var(--ansi-${TEXT_TOKENS.has(color) ? 'text-' : ''}${color})`
  const rgb = color < RGB_COLOR ? paletteColor(color) : color - RGB_COLOR
  const [light, dark] = [readableOn(LIGHT_GROUND, rgb), readableOn(DARK_GROUND, rgb)]
  return light === dark ? toHex(light) : `light-dark(${toHex(light)}, ${toHex(dark)})`
}
