// Owns a terminal while it is on the page: where it is mounted, who draws it, how it fits, what its keys and pastes
// mean to the page. Before: session-terminal.ts; after: terminal-view.tsx, and blocks that use the whole screen.

import { signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { RendererKind } from './cell-size.ts'
import { handleClipboardSequence } from './clipboard-sequence.ts'
import { loadPictures } from './extras.ts'
import { fitTerminal, type FitState } from './fit.ts'
import { followLinks } from './links.ts'
import { cleanPaste, countLines, runsByItself } from './paste.ts'
import { useGraphicsCard } from './renderer.ts'
import type { SessionTerminal } from './session-terminal.ts'
import { whenRead } from './when-read.ts'

export interface Display {
  readonly fit: ReadonlySignal<FitState>
  /** Pastes as a person's paste: cleaned, and asked about when it would run by itself. */
  paste(text: string): Promise<void>
  dispose(): void
}

/** What a terminal asks of the page around it. */
export interface DisplayPage {
  /** CSS pixels. */
  readonly fontSize: ReadonlySignal<number>
  readonly mayWriteClipboard: ReadonlySignal<boolean>
  readonly isConnected: ReadonlySignal<boolean>
  /** Puts text into the clipboard and says so. */
  copy(text: string, done: string): Promise<void>
  /** @returns true when a person agreed */
  confirm(question: Confirmation): Promise<boolean>
}

export interface Confirmation {
  readonly title: string
  readonly body: string
  /** Shown as it is. */
  readonly detail: string
  /** The word on the button. */
  readonly agree: string
}

export interface DisplayOptions {
  readonly page: DisplayPage
  readonly terminal: SessionTerminal
  readonly host: HTMLElement
  /** frame: the terminal has this room to itself and takes its size. block: it keeps the size it has. */
  readonly place: 'frame' | 'block'
  /** Opens the search of this terminal, where there is one. */
  readonly search?: () => void
}

export function showTerminal(options: DisplayOptions): Display {
  const { page, terminal, host, place, search } = options
  const { xterm } = terminal
  const isFirst = xterm.element === undefined
  terminal.mount(host)
  if (isFirst) prepare(page, terminal)
  const renderer: Signal<RendererKind> = signal('dom')
  // A browser keeps few graphics contexts: those in front get one.
  const stopDrawing =
    place === 'frame' ? useGraphicsCard(xterm, renderer, whenRead(terminal)) : undefined
  const reports = place === 'frame'
  const { fontSize, isConnected } = page
  const fit = fitTerminal({ terminal, host, fontSize, renderer, reports, isConnected })
  xterm.attachCustomKeyEventHandler((event) => handleKey(page, terminal, search, event))
  const paste = (text: string): Promise<void> => pasteInto(page, terminal, text)
  const handlePaste = (event: ClipboardEvent): void => {
    event.preventDefault()
    event.stopPropagation()
    void paste(event.clipboardData?.getData('text/plain') ?? '')
  }
  // Capturing: xterm would paste it as it is.
  host.addEventListener('paste', handlePaste, { capture: true })
  return {
    fit: fit.state,
    paste,
    dispose() {
      host.removeEventListener('paste', handlePaste, { capture: true })
      fit.dispose()
      stopDrawing?.()
      terminal.xterm.element?.remove()
    },
  }
}

/** What a terminal gets once, when it is shown for the first time. */
function prepare(page: DisplayPage, terminal: SessionTerminal): void {
  const { xterm } = terminal
  followLinks(xterm, {
    confirm: (target, text) =>
      page.confirm({
        title: 'Open this address?',
        body: `The link says “${text.trim().slice(0, 80)}”. It leads to:`,
        detail: target,
        agree: 'Open',
      }),
  })
  handleClipboardSequence(xterm, {
    mayWrite: () => page.mayWriteClipboard.peek() && hasFocus(terminal),
    write: (text) => void page.copy(text, 'The program put text into the clipboard'),
  })
  // The first screen comes first.
  void whenRead(terminal).then(() => loadPictures(terminal))
}

/** @returns false when the page takes the key and the program must not get it */
function handleKey(
  page: DisplayPage,
  terminal: SessionTerminal,
  search: (() => void) | undefined,
  event: KeyboardEvent,
): boolean {
  const isChord = event.ctrlKey && event.shiftKey && !event.altKey && !event.metaKey
  if (!isChord || event.type !== 'keydown') return !isChord
  const key = event.key.toLowerCase()
  // Ctrl-Shift-V is the browser's own paste without formats: it comes as an event.
  if (key === 'v') return false
  if (key === 'c' && terminal.xterm.hasSelection()) {
    void page.copy(terminal.xterm.getSelection(), 'Copied')
  } else if (key === 'f') {
    search?.()
  } else if (key !== 'c') {
    return false
  }
  event.preventDefault()
  return false
}

async function pasteInto(
  page: DisplayPage,
  terminal: SessionTerminal,
  text: string,
): Promise<void> {
  const clean = cleanPaste(text)
  if (clean === '') return
  const isTakenAsTyping = !terminal.xterm.modes.bracketedPasteMode
  if (isTakenAsTyping && runsByItself(clean)) {
    const lines = countLines(clean)
    const isAgreed = await page.confirm({
      title: lines === 1 ? 'Paste a line and run it?' : `Paste ${lines} lines?`,
      body: 'The program takes a paste as if it were typed, so each line runs at once.',
      detail: clean,
      agree: 'Paste',
    })
    if (!isAgreed) return
  }
  terminal.xterm.paste(clean)
}

function hasFocus({ xterm }: SessionTerminal): boolean {
  return document.hasFocus() && xterm.element?.contains(document.activeElement) === true
}
