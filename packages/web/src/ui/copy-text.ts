// Owns the way into the clipboard, and what is said when the browser does not allow it.

import type { App } from './app-context.ts'

/** @param done said when it worked */
export async function copyText(
  { floating }: Pick<App, 'floating'>,
  text: string,
  done: string,
): Promise<void> {
  const isCopied = await writeClipboard(text)
  if (isCopied) floating.say(done)
  else floating.say('Could not copy: the browser does not allow it here.', 'failed')
}

async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // No secure context, or no permission: the old way still works for a press of a key.
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement
  const area = document.createElement('textarea')
  area.className = 'visually-hidden'
  area.value = text
  document.body.append(area)
  area.select()
  // Deprecated, and the only way without a secure context.
  // oxlint-disable-next-line typescript/no-deprecated
  const isCopied = document.execCommand('copy')
  area.remove()
  if (before instanceof HTMLElement) before.focus()
  return isCopied
}
