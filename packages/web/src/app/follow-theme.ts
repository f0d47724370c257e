// Owns which colours hold: what the person chose, else what the system says; and the size of type, as a token.

import { effect, signal, type ReadonlySignal } from '@preact/signals'
import type { Settings } from '../state/settings.ts'
import { cellHeight } from '../ui/room.ts'
import { loadMachineFont } from './machine-font.ts'

/** Writes them to the document for as long as the page lives. @returns grows when the system's choice changes */
export function followTheme(settings: Settings): ReadonlySignal<number> {
  const revision = signal(0)
  const isFontLoaded = signal(false)
  const root = document.documentElement
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    revision.value += 1
  })
  effect(() => {
    const theme = settings.theme.value
    if (theme === 'system') delete root.dataset['theme']
    else root.dataset['theme'] = theme
    revision.value = revision.peek() + 1
  })
  void loadMachineFont().then(() => {
    isFontLoaded.value = true
  })
  effect(() => {
    void isFontLoaded.value
    const { value: size } = settings.fontSize
    root.style.setProperty('--size-machine', `${size}px`)
    // Lines in the stream are as high as those of a terminal: a block may change into one and back.
    root.style.setProperty('--line-machine', `${cellHeight(size)}px`)
  })
  return revision
}
