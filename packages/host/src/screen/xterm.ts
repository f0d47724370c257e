// Owns all knowledge of @xterm/headless: how a terminal is made, and which of its insides we read. xterm has no
// public way to most of a terminal's state, hence its exact version; test/screen/serialise.test.ts fails when an
// update moves anything.

import { createRequire } from 'node:module'
import type * as graphemesModule from '@xterm/addon-unicode-graphemes'
import type * as headlessModule from '@xterm/headless'
import type { Terminal } from '@xterm/headless'
import { SCROLLBACK_LINES } from './limits.ts'

/** Attributes as xterm packs them: colours, and flags above them. */
export interface XtermAttributes {
  readonly fg: number
  readonly bg: number
  readonly extended: {
    /** Underline style and colour; a link hides the style from the public getter. */
    readonly _ext: number
    readonly urlId: number
  }
}

export interface XtermCell extends XtermAttributes {
  /** '' in a cell that was never written. */
  getChars(): string
  getWidth(): number
}

export interface XtermLine {
  readonly isWrapped: boolean
  readonly length: number
  loadCell(column: number, cell: XtermCell): XtermCell
}

export interface XtermBuffer {
  readonly lines: { readonly length: number; get(index: number): XtermLine | undefined }
  readonly x: number
  readonly y: number
  readonly ybase: number
  readonly scrollTop: number
  readonly scrollBottom: number
  readonly tabs: Readonly<Record<number, boolean | undefined>>
  readonly savedX: number
  readonly savedY: number
  readonly savedCurAttrData: XtermAttributes
  readonly savedCharset: XtermCharset
}

/** A table of replacements; undefined is ASCII. */
export type XtermCharset = object | undefined

export interface XtermColorChange {
  /** 0 asks, 1 sets, 2 resets. */
  readonly type: number
  /** 0–255, then foreground, background, cursor; absent: all of 0–255. */
  readonly index?: number
  readonly color?: readonly [number, number, number]
}

/** What `Terminal._core` holds. */
export interface XtermCore {
  readonly cols: number
  readonly rows: number
  readonly _bufferService: {
    readonly buffers: {
      readonly active: XtermBuffer
      readonly normal: XtermBuffer
      readonly alt: XtermBuffer
    }
  }
  readonly _inputHandler: {
    parse(data: Uint8Array | string): void
    readonly _curAttrData: XtermAttributes
    readonly _windowTitle: string
    readonly _iconName: string
    readonly _parser: { readonly precedingJoinState: number }
    readonly onColor: (listener: (changes: readonly XtermColorChange[]) => void) => unknown
  }
  readonly _charsetService: {
    readonly charset: XtermCharset
    readonly glevel: number
    readonly _charsets: readonly XtermCharset[]
  }
  readonly _oscLinkService: {
    getLinkData(id: number): { readonly id?: string; readonly uri: string } | undefined
  }
  readonly optionsService: {
    readonly rawOptions: { readonly convertEol: boolean; readonly cursorBlink: boolean }
  }
  readonly coreService: {
    readonly isCursorHidden: boolean
    readonly modes: { readonly insertMode: boolean }
    readonly decPrivateModes: {
      readonly applicationCursorKeys: boolean
      readonly applicationKeypad: boolean
      readonly bracketedPasteMode: boolean
      readonly cursorBlink: boolean | undefined
      readonly cursorStyle: 'block' | 'underline' | 'bar' | undefined
      readonly origin: boolean
      readonly reverseWraparound: boolean
      readonly sendFocus: boolean
      readonly synchronizedOutput: boolean
      readonly wraparound: boolean
    }
  }
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string }
}

export interface Xterm {
  readonly terminal: Terminal
  readonly core: XtermCore
  /** An own cell, for reading. */
  readonly cell: XtermCell
}

/** @param scrollback lines above the screen @default SCROLLBACK_LINES */
export function createXterm(
  columns: number,
  rows: number,
  scrollback: number = SCROLLBACK_LINES,
): Xterm {
  const { headless, graphemes } = load()
  const terminal = new headless.Terminal({
    cols: columns,
    rows,
    scrollback,
    // As in the page: programs may not question the window.
    windowOptions: {},
    // Widths of characters are "proposed" API.
    allowProposedApi: true,
    logLevel: 'off',
  })
  // The same widths as the page's terminal, or cursors would differ.
  terminal.loadAddon(new graphemes.UnicodeGraphemesAddon())
  const { _core: core } = terminal as unknown as { _core: XtermCore } // not in its types; see above
  const cell = terminal.buffer.active.getNullCell() as unknown as XtermCell // the same object, more of it
  return { terminal, core, cell }
}

/** CommonJS whose names Node's modules cannot see: this is what `import` would give. */
function load(): { headless: typeof headlessModule; graphemes: typeof graphemesModule } {
  const require = createRequire(import.meta.url)
  const headless = require('@xterm/headless') as typeof headlessModule // its own types
  // The addon reads its table from the start of the memory of a Buffer, which is somewhere in the middle of it when
  // Node has put several into one: without a pool, each has its own.
  const { poolSize } = Buffer
  Buffer.poolSize = 0
  try {
    const graphemes = require('@xterm/addon-unicode-graphemes') as typeof graphemesModule // its own types
    return { headless, graphemes }
  } finally {
    Buffer.poolSize = poolSize
  }
}

/** Which letter designates a character set, by its table; read from a terminal, since xterm does not export them. */
export function charsetLetters(): ReadonlyMap<object, string> {
  const { terminal, core } = createXterm(2, 1, 0)
  const letters = new Map<object, string>()
  for (const letter of '0A4CRQKYEZH=') {
    core._inputHandler.parse(`\x1b(${letter}`)
    const charset = core._charsetService._charsets[0]
    if (charset) letters.set(charset, letter)
  }
  terminal.dispose()
  return letters
}
