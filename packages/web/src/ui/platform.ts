// Owns what the page knows of the machine it is shown on.

/** True where ⌘ is what Ctrl is elsewhere. */
export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent)
}
