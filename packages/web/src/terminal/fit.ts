// Owns that a terminal fits where it is shown: says how many cells there is room for, and shows the session's grid,
// which may be another viewer's, whole: with room around it, or in smaller type.

import { effect, signal, type ReadonlySignal } from '@preact/signals'
import type { TerminalSize } from '@limpet/protocol'
import { boxOf, cellsIn, measureCell, type Box, type RendererKind } from './cell-size.ts'
import { isOver, type SessionTerminal } from './session-terminal.ts'

/** Smaller type is no help to anybody; then the frame scrolls. */
const LEAST_FONT_SIZE = 6

/** How long the grid may be larger than the frame before the type shrinks: a resize is on its way, mostly. */
const PATIENCE_MS = 400

/** Sizes are reported when the frame has come to rest. */
const REST_MS = 60

/** How the session's grid lies in the frame. */
export type FitState = 'exact' | 'smaller' | 'larger'

export interface FitOptions {
  readonly terminal: SessionTerminal
  readonly host: HTMLElement
  /** What the person chose, in CSS pixels. */
  readonly fontSize: ReadonlySignal<number>
  readonly renderer: ReadonlySignal<RendererKind>
  /** False: a grid that is too large may just wait for our own resize to be carried out. */
  readonly isConnected: ReadonlySignal<boolean>
  /** False: what fits here is nobody's business, only the grid is shown whole. */
  readonly reports: boolean
}

export interface Fit {
  readonly state: ReadonlySignal<FitState>
  dispose(): void
}

export function fitTerminal(options: FitOptions): Fit {
  const { terminal, host, fontSize, renderer } = options
  const box = signal<Box>(boxOfElement(host))
  const state = signal<FitState>('exact')
  let restTimer: ReturnType<typeof setTimeout> | undefined
  let patienceTimer: ReturnType<typeof setTimeout> | undefined
  const observer = new ResizeObserver(() => {
    const next = boxOfElement(host)
    // Hidden: whatever size it has then is nobody's.
    if (next.width > 0 && next.height > 0) box.value = next
  })
  observer.observe(host)

  const stopReporting = effect(() => {
    const own = cellsIn(box.value, measureCell(fontSize.value, renderer.value))
    clearTimeout(restTimer)
    if (!options.reports) return
    // Where no program is left, nobody minds another size.
    if (isOver(terminal.phase.value.state)) terminal.resize(own)
    else restTimer = setTimeout(() => terminal.reportSize(own), REST_MS)
  })
  const stopShowing = effect(() => {
    const cell = measureCell(fontSize.value, renderer.value)
    const own = cellsIn(box.value, cell)
    const { value: size } = terminal.size
    state.value = compare(size, own)
    clearTimeout(patienceTimer)
    if (state.value !== 'larger') return setFontSize(terminal, fontSize.value)
    // Without a connection it may be our own size that is on its way: one scrolls until it is back.
    if (!options.isConnected.value) return undefined
    const shrunk = fontSizeFor({
      size,
      box: box.value,
      most: fontSize.value,
      renderer: renderer.value,
    })
    // What fits once the type is smaller needs no scroll bars.
    patienceTimer = setTimeout(() => setFontSize(terminal, shrunk), PATIENCE_MS)
    return undefined
  })
  return {
    state,
    dispose() {
      observer.disconnect()
      stopReporting()
      stopShowing()
      clearTimeout(restTimer)
      clearTimeout(patienceTimer)
    },
  }
}

function compare(size: TerminalSize, own: TerminalSize): FitState {
  if (size.columns > own.columns || size.rows > own.rows) return 'larger'
  return size.columns === own.columns && size.rows === own.rows ? 'exact' : 'smaller'
}

/**
 * The largest size of type in which the whole grid fits, half a pixel at a time.
 * @param options.most the size that is wanted, in CSS pixels
 */
export function fontSizeFor(options: {
  readonly size: TerminalSize
  readonly box: Box
  readonly most: number
  readonly renderer: RendererKind
}): number {
  const { size, box, most, renderer } = options
  for (let fontSize = most; fontSize > LEAST_FONT_SIZE; fontSize -= 0.5) {
    const needed = boxOf(size, measureCell(fontSize, renderer))
    if (needed.width <= box.width && needed.height <= box.height) return fontSize
  }
  return LEAST_FONT_SIZE
}

function setFontSize({ xterm }: SessionTerminal, fontSize: number): void {
  if (xterm.options.fontSize !== fontSize) xterm.options.fontSize = fontSize
}

function boxOfElement(element: HTMLElement): Box {
  return { width: element.clientWidth, height: element.clientHeight }
}
