// Owns which colours hold: what the person chose, else what the system says; and the size of type, as a token.

import { effect, signal, type ReadonlySignal } from '@preact/signals'
import type { Settings } from '../state/settings.ts'

/** Writes them to the document for as long as the page lives. @returns grows when the system's choice changes */
export function followTheme(settings: Settings): ReadonlySignal<number> {
  const revision = signal(0)
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
  effect(() => {
    root.style.setProperty('--size-machine', `${settings.fontSize.value}px`)
  })
  return revision
}
