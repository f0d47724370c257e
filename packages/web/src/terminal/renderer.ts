// Owns who draws a terminal's cells: the graphics card where it can, else the DOM. Loaded on demand; a lost
// context (a browser keeps some sixteen) falls back at once.

import { effect, type Signal } from '@preact/signals'
import type { Terminal } from '@xterm/xterm'
import { webglLetterSpacing, type RendererKind } from './cell-size.ts'

/**
 * @param kind is set to what draws
 * @param isReady to load it takes the page longer than to show a first screen, which comes first
 * @returns a function that goes back to the DOM
 */
export function useGraphicsCard(
  xterm: Terminal,
  kind: Signal<RendererKind>,
  isReady: Promise<unknown>,
): () => void {
  let isOver = false
  let stop = (): void => {}
  const load = async (): Promise<void> => {
    await isReady
    if (isOver) return
    const { WebglAddon } = await import('@xterm/addon-webgl')
    if (isOver) return
    const addon = new WebglAddon()
    // Throws where there is no WebGL 2.
    xterm.loadAddon(addon)
    kind.value = 'webgl'
    const stopSpacing = effect(() => {
      xterm.options.letterSpacing = webglLetterSpacing(xterm.options.fontSize ?? 0)
    })
    stop = (): void => {
      stop = (): void => {}
      stopSpacing()
      addon.dispose()
      kind.value = 'dom'
      xterm.options.letterSpacing = 0
    }
    addon.onContextLoss(() => stop())
  }
  // Without WebGL, or without the network to load it: the DOM draws as it did.
  load().catch(() => {})
  return () => {
    isOver = true
    stop()
  }
}
