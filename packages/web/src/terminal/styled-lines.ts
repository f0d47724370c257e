// Owns how a terminal's buffer is read as lines of styled text, for output that is shown without a terminal:
// blocks that ended, and blocks that only print. Knows xterm's buffer, not the page.
// Before: xterm parsed the bytes; after: stream/line-elements.ts draws the lines.

import type { IBuffer, IBufferCell, IBufferLine } from '@xterm/xterm'

/** A cell's colour as the program asked for it: NO_COLOR, 0…255 of the palette, or RGB_COLOR + 24 bits. */
export const NO_COLOR = -1
export const RGB_COLOR = 0x1000000

/** Bits of `Run.flags`. */
export const STYLE = {
  bold: 1,
  dim: 2,
  italic: 4,
  underlined: 8,
  struckThrough: 16,
  inverse: 32,
  hidden: 64,
  overlined: 128,
  /** Each character takes two columns. */
  wide: 256,
} as const

/** Characters in a row that look the same. */
export interface Run {
  readonly text: string
  readonly foreground: number
  readonly background: number
  readonly flags: number
}

/** One line as the program wrote it: rows that the terminal wrapped are joined again. */
export type StyledLine = readonly Run[]

/** A longer line is cut, so that one of megabytes stays drawable. */
const MAX_ROWS_PER_LINE = 200

/**
 * @param from first row; when it continues a line from above, the rest of that line is skipped
 * @param to the row after the last one
 */
export function readLines(buffer: IBuffer, from: number, to: number): StyledLine[] {
  const lines: StyledLine[] = []
  const cell = buffer.getNullCell()
  let row = from
  while (row > 0 && row < to && buffer.getLine(row)?.isWrapped === true) row += 1
  while (row < to) {
    const rows: IBufferLine[] = []
    do {
      const line = buffer.getLine(row)
      if (line !== undefined && rows.length < MAX_ROWS_PER_LINE) rows.push(line)
      row += 1
    } while (row < to && buffer.getLine(row)?.isWrapped === true)
    lines.push(readLine(rows, cell))
  }
  return lines
}

/** Rows from the top that the program has used: up to the cursor, or further down where something is written. */
export function usedRows(buffer: IBuffer): number {
  const cursorRow = buffer.baseY + buffer.cursorY
  for (let rows = buffer.length; rows > cursorRow + 1; rows -= 1) {
    if (buffer.getLine(rows - 1)?.translateToString(true)) return rows
  }
  return buffer.cursorX === 0 && !buffer.getLine(cursorRow)?.translateToString(true)
    ? cursorRow
    : cursorRow + 1
}

export function textOfLine(line: StyledLine): string {
  return line.map((run) => run.text).join('')
}

function readLine(rows: readonly IBufferLine[], cell: IBufferCell): StyledLine {
  const runs: Run[] = []
  let run: { text: string; foreground: number; background: number; flags: number } | undefined
  for (const row of rows) {
    for (let column = 0; column < row.length; column += 1) {
      // Width 0 is the second half of a wide character.
      if (row.getCell(column, cell) === undefined || cell.getWidth() === 0) continue
      const foreground = colorOf(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor())
      const background = colorOf(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor())
      const flags = flagsOf(cell)
      const isSame =
        run?.foreground === foreground && run.background === background && run.flags === flags
      if (run === undefined || !isSame) {
        run = { text: '', foreground, background, flags }
        runs.push(run)
      }
      run.text += cell.getChars() || ' '
    }
  }
  return withoutTrailingBlanks(runs)
}

function colorOf(isDefault: boolean, isRgb: boolean, color: number): number {
  if (isDefault) return NO_COLOR
  return isRgb ? RGB_COLOR + color : color
}

function flagsOf(cell: IBufferCell): number {
  // Most cells are plain: one look instead of eight.
  const wide = cell.getWidth() === 2 ? STYLE.wide : 0
  if (cell.isAttributeDefault()) return wide
  return (
    wide |
    (cell.isBold() ? STYLE.bold : 0) |
    (cell.isDim() ? STYLE.dim : 0) |
    (cell.isItalic() ? STYLE.italic : 0) |
    (cell.isUnderline() ? STYLE.underlined : 0) |
    (cell.isStrikethrough() ? STYLE.struckThrough : 0) |
    (cell.isInverse() ? STYLE.inverse : 0) |
    (cell.isInvisible() ? STYLE.hidden : 0) |
    (cell.isOverline() ? STYLE.overlined : 0)
  )
}

/** Blank cells at a line's end that would not be seen are dropped: they are no text of the program's. */
function withoutTrailingBlanks(runs: Run[]): StyledLine {
  for (let last = runs.at(-1); last !== undefined; last = runs.at(-1)) {
    const isSeen =
      last.background !== NO_COLOR || (last.flags & (STYLE.inverse | STYLE.underlined)) !== 0
    const text = isSeen ? last.text : last.text.trimEnd()
    if (text === last.text) break
    runs.pop()
    if (text !== '') {
      runs.push({ ...last, text })
      break
    }
  }
  return runs
}
