// Reads everything a terminal is, as something that can be compared: what it shows, and what it would do next. Used
// on two terminals, one that was fed the whole output, one that got a checkpoint and the rest.

import { penOf, PLAIN, showsWhenEmpty } from '../../src/screen/pen.ts'
import type { Xterm, XtermBuffer } from '../../src/screen/xterm.ts'

/** Names of one cell: its text and its looks. Cells never written are the same as long as they look the same. */
function cellOf({ core, cell }: Xterm, buffer: XtermBuffer, row: number, column: number): string {
  const line = buffer.lines.get(row)
  if (line === undefined) return '?'
  const width = line.loadCell(column, cell).getWidth()
  const chars = cell.getChars()
  const pen = penOf(core, cell, 'cell')
  const looks = `${pen.style}|${pen.link}|${pen.isProtected ? 'p' : ''}`
  if (chars !== '') return `${chars}/${width}/${looks}`
  if (showsWhenEmpty(cell)) return ` /1/${looks}`
  return `-${pen === PLAIN ? '' : pen.style.replace(/^.*?((4|10)\d(;\d+)*)?$/, '$1')}`
}

function bufferOf(xterm: Xterm, buffer: XtermBuffer, scrollback: number): unknown {
  const { cols, rows } = xterm.core
  const top = Math.max(0, buffer.ybase - scrollback)
  const lines: string[] = []
  for (let row = top; row < buffer.ybase + rows && row < buffer.lines.length; row++) {
    const cells = Array.from({ length: cols }, (_, column) => cellOf(xterm, buffer, row, column))
    const isWrapped = row > top && buffer.lines.get(row)?.isWrapped === true
    lines.push(`${isWrapped ? '↳' : ' '}${cells.join(' ').replace(/( -)+$/, '')}`)
  }
  const { scrollTop, scrollBottom, savedX, savedY, savedCurAttrData, savedCharset } = buffer
  const tabs = Array.from({ length: cols }, (_, column) => (buffer.tabs[column] === true ? 1 : 0))
  return {
    lines,
    margins: [scrollTop, scrollBottom],
    tabs: tabs.join(''),
    saved: {
      x: Math.min(savedX, cols - 1),
      y: Math.max(0, Math.min(savedY - buffer.ybase, rows - 1)),
      pen: penOf(xterm.core, savedCurAttrData, 'saved'),
      charset: savedCharset === undefined ? '' : JSON.stringify(savedCharset),
    },
  }
}

export function stateOf(xterm: Xterm, scrollback: number): unknown {
  const { core } = xterm
  const { active, normal, alt } = core._bufferService.buffers
  const { charset, _charsets: sets, glevel } = core._charsetService
  return {
    size: [core.cols, core.rows],
    screen: active === alt ? 'alternate' : 'normal',
    cursor: [active.x, active.y],
    pen: penOf(core, core._inputHandler._curAttrData, 'current'),
    joins: core._inputHandler._parser.precedingJoinState !== 0,
    normal: bufferOf(xterm, normal, scrollback),
    alternate: active === alt ? bufferOf(xterm, alt, 0) : { saved: [alt.savedX] },
    modes: { ...core.coreService.decPrivateModes, ...core.coreService.modes },
    hidden: core.coreService.isCursorHidden,
    mouse: [core.coreMouseService.activeProtocol, core.coreMouseService.activeEncoding],
    options: [
      core.optionsService.rawOptions.convertEol,
      core.optionsService.rawOptions.cursorBlink,
    ],
    title: core._inputHandler._windowTitle,
    icon: core._inputHandler._iconName,
    charset: JSON.stringify(charset ?? ''),
    charsets: [0, 1, 2, 3].map((g) => JSON.stringify(sets[g] ?? '')),
    glevel,
  }
}
