// Owns how every xterm of the page is made: what it may do, how it looks at first.

import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes'
import { Terminal } from '@xterm/xterm'
import { TERMINAL_FONT, TERMINAL_LINE_HEIGHT } from './cell-size.ts'
import { MINIMUM_CONTRAST, readTheme } from './theme.ts'

/** Lines above the screen that can be scrolled back to; at 140 columns a full one takes 34 MB. */
export const SCROLLBACK_LINES = 20_000

export interface XtermOptions {
  readonly columns: number
  readonly rows: number
  /** CSS pixels. */
  readonly fontSize: number
  /** True: a line feed alone also goes to the first column. */
  readonly convertEol: boolean
}

export function createXterm({ columns, rows, fontSize, convertEol }: XtermOptions): Terminal {
  const xterm = new Terminal({
    cols: columns,
    rows,
    convertEol,
    fontSize,
    fontFamily: TERMINAL_FONT,
    lineHeight: TERMINAL_LINE_HEIGHT,
    fontWeightBold: 700,
    theme: readTheme(),
    minimumContrastRatio: MINIMUM_CONTRAST,
    drawBoldTextInBrightColors: false,
    rescaleOverlappingGlyphs: true,
    cursorInactiveStyle: 'outline',
    macOptionClickForcesSelection: true,
    scrollback: SCROLLBACK_LINES,
    // Programs may neither move, size nor question the window.
    windowOptions: {},
    // Graphemes and search decorations are "proposed" API.
    allowProposedApi: true,
    logLevel: 'off',
  })
  xterm.loadAddon(new UnicodeGraphemesAddon())
  return xterm
}
