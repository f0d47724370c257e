// Owns where the focus goes when a person goes somewhere. Knows the page by its landmarks only.

import { hasKeyboard } from './platform.ts'

/** Runs after the page has drawn what was asked for, unless the focus has gone somewhere else by then. */
function afterDrawing(act: () => void): void {
  const before = document.activeElement
  const check = (): void => {
    const { activeElement } = document
    if (activeElement === before || activeElement === document.body) act()
  }
  requestAnimationFrame(() => requestAnimationFrame(check))
}

export function focusBar(): void {
  afterDrawing(() => document.querySelector<HTMLElement>('.bar textarea')?.focus())
}

/** To the terminal in front, or to the bar under the stream; not where that would call up a keyboard. */
export function focusPlace(): void {
  if (!hasKeyboard()) return
  afterDrawing(() => {
    const terminal = document.querySelector<HTMLElement>('.terminal-frame .xterm-helper-textarea')
    const bar = document.querySelector<HTMLElement>('.bar textarea')
    ;(terminal ?? bar)?.focus()
  })
}

/** True where a press on a key is text: bars, fields, terminals. */
export function isEditable(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}
