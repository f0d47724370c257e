// Owns the page's ear for keys: finds the action of a press, wherever the focus is, before anything else gets it.

import type { Floating } from '../state/floating.ts'
import type { Action } from '../ui/action.ts'
import { isEditable } from '../ui/focus.ts'
import { isPressed, type KeyPlace } from '../ui/key-binding.ts'

/** Listens for as long as the page lives. */
export function listenForKeys(actions: readonly Action[], floating: Floating): void {
  const handle = (event: KeyboardEvent): void => {
    if (event.isComposing || event.repeat || isBusy(floating)) return
    const place = placeOf(event.target)
    const action = actions.find(
      ({ keys, isPossible }) => keys.some((key) => isPressed(key, event, place)) && isPossible(),
    )
    if (action === undefined) return
    event.preventDefault()
    event.stopPropagation()
    action.run()
  }
  // Capturing: a terminal would take the key for its program.
  document.addEventListener('keydown', handle, { capture: true })
}

/** What floats above the page has the keys to itself. */
function isBusy({ menu, dialog, textDialog, isPaletteOpen, areKeysOpen }: Floating): boolean {
  return (
    menu.peek() !== undefined ||
    dialog.peek() !== undefined ||
    textDialog.peek() !== undefined ||
    isPaletteOpen.peek() ||
    areKeysOpen.peek()
  )
}

function placeOf(target: EventTarget | null): KeyPlace {
  if (target instanceof Element && target.closest('.xterm') !== null) return 'terminal'
  return isEditable(target) ? 'field' : 'page'
}
