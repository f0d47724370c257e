// Owns how a terminal's whole state becomes bytes that make it again in any xterm.js 6 of that size, fresh or reset:
// what @xterm/addon-serialize 0.14 loses is what full-screen programs live by (see the list in README.md).
//
//   drawn first, with every mode as in a fresh terminal:  normal buffer: lines, tab stops, margins, saved cursor
//                                                         alternate buffer, when it is shown: the same
//   then what would have disturbed the drawing:           colours, titles, modes, character sets, cursor, pen

import { Painter } from './paint.ts'
import { erasingPenOf, penChange, penOf, PLAIN } from './pen.ts'
import type { Xterm, XtermBuffer, XtermCharset, XtermLine } from './xterm.ts'

export interface SerialiseOptions {
  readonly xterm: Xterm
  /** Which letter designates a character set. */
  readonly letters: ReadonlyMap<object, string>
  /** Colours that the program set: 0–255, then foreground, background, cursor. */
  readonly colors: ReadonlyMap<number, readonly [number, number, number]>
  /** Lines above the screen to take along. */
  readonly scrollback: number
}

const TAB_WIDTH = 8
const FOREGROUND_COLOR = 256

/** @returns text whose UTF-8 is a checkpoint's bytes */
export function serialise(options: SerialiseOptions): string {
  const { xterm, scrollback } = options
  const { active, normal, alt } = xterm.core._bufferService.buffers
  const painter = new Painter(xterm)
  let out = '\x1b[20l' // reset() leaves this one as it was
  const top = Math.max(0, normal.ybase - scrollback)
  out += painter.paint(normal, top, normal.ybase + xterm.core.rows)
  out += bufferState(options, normal)
  // What the alternate screen keeps while it is not shown: only its saved cursor. Showing it clears it.
  if (active === alt) {
    out += `\x1b[?47h\x1b[H${painter.paint(alt, 0, xterm.core.rows)}${bufferState(options, alt)}`
  } else if (!isFreshSaved(alt)) {
    out += `\x1b[?47h${savedCursor(options, alt)}\x1b[?47l`
  }
  return out + colors(options) + titles(options) + modes(options) + cursor(options, painter)
}

/** Tab stops, saved cursor and margins: each buffer has its own. */
function bufferState(options: SerialiseOptions, buffer: XtermBuffer): string {
  const { rows } = options.xterm.core
  let out = tabStops(options, buffer)
  if (!isFreshSaved(buffer)) out += savedCursor(options, buffer)
  const { scrollTop, scrollBottom } = buffer
  if (scrollTop !== 0 || scrollBottom !== rows - 1)
    out += `\x1b[${scrollTop + 1};${scrollBottom + 1}r`
  return out
}

function tabStops({ xterm }: SerialiseOptions, { tabs }: XtermBuffer): string {
  const stops: number[] = []
  let isDefault = true
  for (let column = 0; column < xterm.core.cols; column++) {
    const isStop = tabs[column] === true
    if (isStop) stops.push(column)
    if (isStop !== (column % TAB_WIDTH === 0)) isDefault = false
  }
  if (isDefault) return ''
  return `\x1b[3g${stops.map((column) => `\x1b[${column + 1}G\x1bH`).join('')}`
}

function isFreshSaved(buffer: XtermBuffer): boolean {
  const { savedX, savedY, savedCurAttrData: pen, savedCharset } = buffer
  return (
    savedX === 0 &&
    savedY <= buffer.ybase &&
    pen.fg === 0 &&
    pen.bg === 0 &&
    savedCharset === undefined
  )
}

/** Puts the cursor, pen and character set where they were saved, saves them, and takes pen and set back. */
function savedCursor({ xterm, letters }: SerialiseOptions, buffer: XtermBuffer): string {
  const { core } = xterm
  const row = clamp(buffer.savedY - buffer.ybase, core.rows)
  const column = clamp(buffer.savedX, core.cols)
  const pen = penOf(core, buffer.savedCurAttrData, 'saved')
  const letter = letterOf(letters, buffer.savedCharset)
  const isAscii = letter === 'B'
  const set = isAscii ? '' : `\x1b(${letter}`
  // Which of the four it was designated as is not saved; the present ones are told later.
  const unset = isAscii ? '' : '\x1b(B'
  return `\x1b[${row + 1};${column + 1}H${set}${penChange(PLAIN, pen)}\x1b7${unset}${penChange(pen, PLAIN)}`
}

function colors(options: SerialiseOptions): string {
  // A reset terminal keeps the colours it was given.
  let out = '\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\'
  for (const [index, rgb] of options.colors) {
    const kind = index < FOREGROUND_COLOR ? `4;${index}` : `${10 + index - FOREGROUND_COLOR}`
    const hex = rgb.map((part) => part.toString(16).padStart(2, '0'))
    out += `\x1b]${kind};rgb:${hex.join('/')}\x1b\\`
  }
  return out
}

function titles({ xterm }: SerialiseOptions): string {
  const { _windowTitle: title, _iconName: icon } = xterm.core._inputHandler
  return `${icon === '' ? '' : `\x1b]1;${icon}\x1b\\`}\x1b]2;${title}\x1b\\`
}

const MOUSE_MODES: Readonly<Record<string, number>> = { X10: 9, VT200: 1000, DRAG: 1002, ANY: 1003 }
const MOUSE_ENCODINGS: Readonly<Record<string, number>> = { SGR: 1006, SGR_PIXELS: 1016 }
const CURSOR_STYLES = { block: 2, underline: 4, bar: 6 } as const

/** All but those that change how the cursor moves: origin, insert, line feed. */
function modes({ xterm }: SerialiseOptions): string {
  const { coreService, coreMouseService, optionsService } = xterm.core
  const dec = coreService.decPrivateModes
  const mode = (number: number, isSet: boolean): string => (isSet ? `\x1b[?${number}h` : '')
  // reset() leaves these two as they were.
  let out = `\x1b[?25${coreService.isCursorHidden ? 'l' : 'h'}`
  out += `\x1b[?12${optionsService.rawOptions.cursorBlink ? 'h' : 'l'}`
  out += mode(1, dec.applicationCursorKeys)
  out += dec.applicationKeypad ? '\x1b=' : ''
  out += mode(45, dec.reverseWraparound)
  out += mode(1004, dec.sendFocus)
  out += mode(2004, dec.bracketedPasteMode)
  const mouse = MOUSE_MODES[coreMouseService.activeProtocol]
  if (mouse !== undefined) out += mode(mouse, true)
  const encoding = MOUSE_ENCODINGS[coreMouseService.activeEncoding]
  if (encoding !== undefined) out += mode(encoding, true)
  if (dec.cursorStyle !== undefined) {
    out += `\x1b[${CURSOR_STYLES[dec.cursorStyle] - (dec.cursorBlink === true ? 1 : 0)} q`
  }
  return out
}

/** Last of all: where the cursor is, what it prints with, and what the next character would join. */
function cursor(options: SerialiseOptions, painter: Painter): string {
  const { core } = options.xterm
  const { active: buffer } = core._bufferService.buffers
  const { decPrivateModes: dec, modes: ansi } = core.coreService
  const line = buffer.lines.get(buffer.ybase + buffer.y)
  // A cursor behind the last column waits to wrap: only printing there brings it back.
  const isBehind = buffer.x >= core.cols
  const joins = core._inputHandler._parser.precedingJoinState !== 0 && buffer.x > 0
  const last = line && (isBehind || joins) ? lastPrinted(options, line) : undefined
  const column = last?.column ?? Math.min(buffer.x, core.cols - 1)
  const isRestored = hasRestoredCharset(options)
  let out = isRestored ? charsets(options) + restoredCharset(options) : ''
  if (dec.origin) out += '\x1b[?6h'
  const row = buffer.y - (dec.origin ? buffer.scrollTop : 0)
  out += `\x1b[${row + 1};${column + 1}H`
  if (line && last && !joins) out += reprinted(options, { painter, line, last })
  if (!isRestored) out += charsets(options)
  if (core.optionsService.rawOptions.convertEol) out += '\x1b[20h'
  if (!dec.wraparound) out += '\x1b[?7l'
  if (ansi.insertMode) out += '\x1b[4h'
  out += penChange(PLAIN, penOf(core, core._inputHandler._curAttrData, 'current'))
  if (dec.synchronizedOutput) out += '\x1b[?2026h'
  if (last === undefined || !joins) return out
  // In insert mode printing moves the rest: first it is moved back.
  if (ansi.insertMode) out += `\x1b[${Math.max(1, last.width)}P`
  return out + last.chars
}

interface Printed {
  readonly column: number
  /** '' in a cell that was erased since. */
  readonly chars: string
  readonly width: number
}

/** The character that ends where the cursor is. */
function lastPrinted({ xterm }: SerialiseOptions, line: XtermLine): Printed {
  const { cell, core } = xterm
  const { x } = core._bufferService.buffers.active
  let column = Math.min(x, core.cols) - 1
  const isSecondHalf = line.loadCell(column, cell).getWidth() === 0 && cell.getChars() === ''
  if (isSecondHalf && column > 0) column -= 1
  line.loadCell(column, cell)
  return { column, chars: cell.getChars(), width: cell.getWidth() }
}

/** Prints the last cell again, so that the cursor waits behind it. */
function reprinted(
  { xterm }: SerialiseOptions,
  { painter, line, last }: { painter: Painter; line: XtermLine; last: Printed },
): string {
  if (last.chars !== '') return painter.cell(line, last.column)
  // Erasing to the left leaves the cursor there, and takes the whole line.
  const { cell, core } = xterm
  const pen = erasingPenOf(line.loadCell(last.column, cell).bg)
  let isErased = true
  for (let column = 0; column < core.cols; column++) {
    if (line.loadCell(column, cell).getChars() !== '') isErased = false
  }
  return `${penChange(PLAIN, pen)} ${isErased ? '\x1b[1K' : ''}${penChange(pen, PLAIN)}`
}

/** A restored cursor brings its character set along, whatever its place among the four holds by now. */
function hasRestoredCharset({ xterm }: SerialiseOptions): boolean {
  const { charset, _charsets: sets, glevel } = xterm.core._charsetService
  return (
    charset !== sets[glevel] && charset === xterm.core._bufferService.buffers.active.savedCharset
  )
}

function restoredCharset({ xterm }: SerialiseOptions): string {
  const { core } = xterm
  const pen = penOf(core, core._bufferService.buffers.active.savedCurAttrData, 'saved')
  return `\x1b8${penChange(pen, PLAIN)}`
}

/** The four sets, and which is in use. */
function charsets({ xterm, letters }: SerialiseOptions): string {
  const { _charsets: sets, glevel } = xterm.core._charsetService
  const designators = '()*+'
  let out = ''
  for (let g = 0; g < designators.length; g++) {
    const letter = letterOf(letters, sets[g])
    if (letter !== 'B') out += `\x1b${designators[g] ?? ''}${letter}`
  }
  return out + (['', '\x0e', '\x1bn', '\x1bo'][glevel] ?? '')
}

function letterOf(letters: ReadonlyMap<object, string>, charset: XtermCharset): string {
  return (charset && letters.get(charset)) ?? 'B'
}

function clamp(value: number, length: number): number {
  return Math.max(0, Math.min(length - 1, value))
}
