// Owns what the page knows of the machine it is shown on.

/** True where ⌘ is what Ctrl is elsewhere. */
export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent)
}

/** False on phones and tablets, whose keyboard comes up with the focus. */
export function hasKeyboard(): boolean {
  return window.matchMedia('(pointer: fine)').matches
}
