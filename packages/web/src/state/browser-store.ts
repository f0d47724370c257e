// Owns getting at the browser's storage, which may be forbidden altogether.

import type { KeyValueStore } from './browser-state.ts'

export function browserStore(): KeyValueStore | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined // cookies and storage are blocked: the page works, and forgets
  }
}
