// Owns what a block shows of its output: the last lines, how many there are, whether any are missing. Pure but for
// xterm's buffer. Before: styled-lines.ts; after: stream/lines.tsx.

import type { IBuffer } from '@xterm/xterm'
import { readLines, textOfLine, usedRows, type StyledLine } from './styled-lines.ts'

/** Lines shown before a block is unfolded: the last ones, where errors stand. */
export const FOLDED_LINES = 40

export interface BlockOutput {
  readonly lines: readonly StyledLine[]
  /** Lines there are, as far as they are kept. */
  readonly total: number
  /** True when lines above the first kept one were written. */
  readonly isCut: boolean
}

export const NO_OUTPUT: BlockOutput = { lines: [], total: 0, isCut: false }

/** @param most lines to read, from the last one up */
export function readOutput(buffer: IBuffer, most: number, scrollbackLines: number): BlockOutput {
  const end = usedRows(buffer)
  let start = end
  let total = 0
  for (let row = end - 1; row >= 0; row -= 1) {
    // A row that does not continue the one above begins a line.
    if (row > 0 && buffer.getLine(row)?.isWrapped === true) continue
    total += 1
    if (total <= most) start = row
  }
  return {
    lines: readLines(buffer, start, end),
    total,
    isCut: buffer.baseY >= scrollbackLines,
  }
}

/** The output as text, a line feed after each line. */
export function textOf(output: BlockOutput): string {
  return output.lines.map((line) => `${textOfLine(line)}\n`).join('')
}
