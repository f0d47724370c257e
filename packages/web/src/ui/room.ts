// Owns how many cells there is room for in a part of the page, before a terminal is there: programs are started with
// the size they will be shown in.

import type { TerminalSize } from '@limpet/protocol'
import { cellsIn, measureCell, type Box } from '../terminal/cell-size.ts'

/** What surrounds the cells, in CSS pixels: see styles/terminal.css and styles/stream.css. */
const FRAME_MARGIN: Box = { width: 12, height: 12 }
const BLOCK_MARGIN: Box = { width: 28 + 16 + 8, height: 108 }

/** A command's output should not be squeezed by a small window; a taller one than this helps nobody. */
const LEAST_ROWS = 10

/** @param fontSize CSS pixels */
export function roomFor(place: 'stream' | 'session', fontSize: number): TerminalSize {
  const cell = measureCell(fontSize, 'dom')
  if (place === 'session')
    return cellsIn(lessOf(boxOf('.terminal-frame', '.main'), FRAME_MARGIN), cell)
  const { columns, rows } = cellsIn(lessOf(boxOf('.stream', '.main'), BLOCK_MARGIN), cell)
  return { columns, rows: Math.max(LEAST_ROWS, rows) }
}

/** CSS pixels of one line in a terminal. */
export function cellHeight(fontSize: number): number {
  return measureCell(fontSize, 'dom').height
}

/** The first of these that is on the page. */
function boxOf(...selectors: readonly string[]): Box {
  for (const selector of selectors) {
    const element = document.querySelector(selector)
    if (element !== null && element.clientWidth > 0) {
      return { width: element.clientWidth, height: element.clientHeight }
    }
  }
  return { width: window.innerWidth, height: window.innerHeight }
}

function lessOf(box: Box, margin: Box): Box {
  return { width: box.width - margin.width, height: box.height - margin.height }
}
