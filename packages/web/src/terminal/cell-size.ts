// Owns how large a character cell is and how many fit: before a terminal is there, and whatever size it has now.
// The arithmetic is that of xterm's two renderers.

import type { TerminalSize } from '@limpet/protocol'

export const TERMINAL_FONT =
  "'JetBrains Mono', ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"

/** xterm multiplies the height of the font's own line by this; that of JetBrains Mono is 1.32 of its size. */
export const TERMINAL_LINE_HEIGHT = 1

/** Room for the scroll bar beside the cells, in CSS pixels. */
const SCROLL_BAR_WIDTH = 14

/** Cells of WebGL are whole device pixels wide, those of the DOM as wide as the letter. */
export type RendererKind = 'webgl' | 'dom'

/** CSS pixels. */
export interface Box {
  readonly width: number
  readonly height: number
}

export function measureCell(fontSize: number, renderer: RendererKind): Box {
  const letter = measureLetter(fontSize)
  const ratio = window.devicePixelRatio
  const width = renderer === 'webgl' ? Math.round(letter.width * ratio) : letter.width * ratio
  const height = Math.floor(Math.ceil(letter.height * ratio) * TERMINAL_LINE_HEIGHT)
  return { width: width / ratio, height: height / ratio }
}

/**
 * The letter spacing that makes WebGL round a cell's width to the nearest pixel: by itself it rounds down, which
 * takes a tenth of the width at small sizes.
 * @returns device pixels
 */
export function webglLetterSpacing(fontSize: number): number {
  const width = measureLetter(fontSize).width * window.devicePixelRatio
  return Math.round(width) - Math.floor(width)
}

/** Whole cells in a box. @returns at least 2 × 1, at most 1000 × 1000 */
export function cellsIn(box: Box, cell: Box): TerminalSize {
  return {
    columns: clamp(2, Math.floor((box.width - SCROLL_BAR_WIDTH) / cell.width)),
    rows: clamp(1, Math.floor(box.height / cell.height)),
  }
}

/** The box that a grid takes, its scroll bar included. */
export function boxOf(size: TerminalSize, cell: Box): Box {
  return { width: size.columns * cell.width + SCROLL_BAR_WIDTH, height: size.rows * cell.height }
}

function measureLetter(fontSize: number): Box {
  const context = document.createElement('canvas').getContext('2d')
  // No canvas in this browser: what JetBrains Mono has.
  if (context === null) return { width: fontSize * 0.6, height: fontSize * 1.32 }
  context.font = `${fontSize}px ${TERMINAL_FONT}`
  const { width, fontBoundingBoxAscent, fontBoundingBoxDescent } = context.measureText('W')
  return { width, height: fontBoundingBoxAscent + fontBoundingBoxDescent }
}

function clamp(least: number, value: number): number {
  return Math.min(1000, Math.max(least, Number.isFinite(value) ? value : least))
}
