// Owns how lines of a buffer become bytes that draw them again, cell for cell: colours, wide characters, cells
// never written, and which lines are one line that was wrapped.
//
// A line counts as wrapped when a character was printed behind the last cell of the one before. Where that cell is
// empty it is filled for a moment; erasing single cells leaves the wrapping as it is.

import {
  erasingPenOf,
  hasExtended,
  penChange,
  penOf,
  PLAIN,
  showsWhenEmpty,
  type Pen,
} from './pen.ts'
import type { Xterm, XtermBuffer, XtermCell, XtermLine } from './xterm.ts'

/** Shift in: means nothing where the first character set is in use, but ends a cluster of characters. */
const CLUSTER_END = '\x0f'

export class Painter {
  readonly #xterm: Xterm
  readonly #columns: number
  #pen: Pen = PLAIN
  /** The cell before had these: most are like it. */
  #known: { fg: number; bg: number; pen: Pen } = { fg: 0, bg: 0, pen: PLAIN }
  #bytes: string[] = []
  /** Where the terminal that is drawn to has its cursor; the width of it when a wrap is pending. */
  #column = 0
  /** The character before may grow by the next one. */
  #isOpen = false

  constructor(xterm: Xterm) {
    this.#xterm = xterm
    this.#columns = xterm.core.cols
  }

  /** Draws lines `from` to `to` (not included) on an empty screen, cursor at its top left. @returns bytes of UTF-8 */
  paint(buffer: XtermBuffer, from: number, to: number): string {
    this.#bytes = []
    this.#column = 0
    this.#isOpen = false
    for (let index = from; index < to; index++) {
      const line = buffer.lines.get(index)
      if (index > from) this.#nextLine(buffer.lines.get(index - 1), line)
      if (line) this.#line(line)
    }
    this.#set(PLAIN)
    return this.#bytes.join('')
  }

  /** One cell as it is, to be printed by a terminal whose pen is plain. */
  cell(line: XtermLine, column: number): string {
    const cell = line.loadCell(column, this.#xterm.cell)
    const pen = penOf(this.#xterm.core, cell, 'cell')
    return penChange(PLAIN, pen) + (cell.getChars() || ' ') + penChange(pen, PLAIN)
  }

  #line(line: XtermLine): void {
    const { cell } = this.#xterm
    const columns = Math.min(this.#columns, line.length)
    for (let column = 0; column < columns; column++) {
      line.loadCell(column, cell)
      const chars = cell.getChars()
      const width = cell.getWidth()
      if (chars === '' || this.#isHalved(line, column, width)) {
        column += this.#empty(line, column, columns) - 1
        continue
      }
      this.#goTo(column)
      this.#set(this.#penOf(line.loadCell(column, cell)))
      this.#print(chars)
      this.#column = column + Math.max(1, width)
      column += Math.max(1, width) - 1
    }
  }

  /** Half of a wide character, whose other half is gone: shown as nothing. */
  #isHalved(line: XtermLine, column: number, width: number): boolean {
    if (width < 2) return false
    if (column + 1 >= this.#columns) return true
    const { cell } = this.#xterm
    return line.loadCell(column + 1, cell).getWidth() !== 0
  }

  /** Cells without a character. @returns how many it has done */
  #empty(line: XtermLine, column: number, columns: number): number {
    const { cell } = this.#xterm
    line.loadCell(column, cell)
    if (showsWhenEmpty(cell)) {
      this.#goTo(column)
      this.#set(this.#penOf(cell))
      this.#print(' ')
      this.#column = column + 1
      return 1
    }
    const { bg } = cell
    let end = column + 1
    while (end < columns && isSameEmpty(line.loadCell(end, cell), bg)) end += 1
    const pen = erasingPenOf(bg)
    // The screen is empty already, and so is what `#nextLine` left behind.
    if (pen === PLAIN) return end - column
    this.#goTo(column)
    this.#set(pen)
    this.#send(`\x1b[${end - column}X`)
    return end - column
  }

  #nextLine(previous: XtermLine | undefined, line: XtermLine | undefined): void {
    if (line?.isWrapped === true) {
      this.#wrap(previous, line)
    } else {
      this.#set(PLAIN) // what scrolls in is filled with the background of the pen
      this.#send('\r\n')
    }
    this.#column = 0
  }

  #wrap(previous: XtermLine | undefined, line: XtermLine): void {
    const { cell, core } = this.#xterm
    const isFilled = this.#column >= this.#columns
    if (isFilled && wrapsByItself(line.loadCell(0, cell))) return
    const lastBackground = previous?.loadCell(this.#columns - 1, cell).bg ?? 0
    this.#set(PLAIN)
    if (!isFilled) this.#send(`\x1b[${this.#columns}G `)
    // The blank goes into the next line, and away again: erased cells stay wrapped.
    this.#send(`${CLUSTER_END} \r\x1b[X`)
    // On a terminal of one row the filled cell cannot be reached any more: a blank stays.
    if (isFilled || core.rows < 2) return
    this.#send(`\x1b[A\x1b[${this.#columns}G`)
    this.#set(erasingPenOf(lastBackground))
    this.#send('\x1b[X')
    this.#set(PLAIN)
    this.#send('\x1b[B\r')
  }

  #goTo(column: number): void {
    if (column <= this.#column) return
    const distance = column - this.#column
    this.#send(distance === 1 ? '\x1b[C' : `\x1b[${distance}C`)
    this.#column = column
  }

  #print(chars: string): void {
    const isPlain = isApart(chars.codePointAt(0) ?? 0) && isSingle(chars)
    if (this.#isOpen || !isPlain) this.#bytes.push(CLUSTER_END)
    this.#bytes.push(chars)
    this.#isOpen = !isPlain
  }

  #penOf(cell: XtermCell): Pen {
    const { fg, bg } = cell
    if (fg === this.#known.fg && bg === this.#known.bg && !hasExtended(bg)) return this.#known.pen
    const pen = penOf(this.#xterm.core, cell, 'cell')
    this.#known = { fg, bg, pen }
    return pen
  }

  #set(pen: Pen): void {
    const change = penChange(this.#pen, pen)
    this.#pen = pen
    if (change !== '') this.#send(change)
  }

  #send(sequence: string): void {
    this.#bytes.push(sequence)
    this.#isOpen = false
  }
}

/** Its first character takes it to the next line, and fills nothing there with a colour. */
function wrapsByItself(first: XtermCell): boolean {
  return first.getChars() !== '' && first.getWidth() > 0 && erasingPenOf(first.bg) === PLAIN
}

function isSameEmpty(cell: XtermCell, bg: number): boolean {
  return cell.getChars() === '' && cell.bg === bg && !showsWhenEmpty(cell)
}

function isSingle(chars: string): boolean {
  return chars.length === 1
}

/** Characters that never join the one before or after them: Latin, punctuation, boxes, kana and ideographs. */
function isApart(code: number): boolean {
  return (
    (code < 0x300 && code !== 0xa9 && code !== 0xad && code !== 0xae) ||
    (code >= 0x2010 && code < 0x2028) ||
    (code >= 0x2500 && code < 0x25a0) ||
    (code >= 0x3041 && code < 0x3097) ||
    (code >= 0x30a1 && code < 0x30fb) ||
    (code >= 0x4e00 && code < 0xa000)
  )
}
