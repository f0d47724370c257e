// Owns what the bar remembers: the text in it, the folder commands run in, and the lines that were run.

import type { Signal } from '@preact/signals'
import { withLine } from './bar-history.ts'
import { parseText, parseTexts, type BrowserState } from './browser-state.ts'

/** Folders offered in the bar's menu. */
const MAX_RECENT_FOLDERS = 8

export interface BarState {
  readonly text: Signal<string>
  /** Where commands run: an absolute path, or empty for the home folder. */
  readonly folder: Signal<string>
  readonly recentFolders: Signal<readonly string[]>
  /** Oldest first. */
  readonly history: Signal<readonly string[]>
  /** Notes that a line was run. */
  addLine(line: string): void
  /** Changes to a folder and remembers it. */
  enterFolder(path: string): void
}

export function createBarState(browser: BrowserState): BarState {
  const text = browser.remember('bar-text', parseText, '')
  const folder = browser.remember('bar-folder', parseText, '')
  const recentFolders = browser.remember<readonly string[]>('bar-folders', parseTexts, [])
  const history = browser.remember<readonly string[]>('bar-history', parseTexts, [])
  return {
    text,
    folder,
    recentFolders,
    history,
    addLine(line) {
      history.value = withLine(history.value, line)
    },
    enterFolder(path) {
      folder.value = path
      if (path === '') return
      const others = recentFolders.value.filter((entry) => entry !== path)
      recentFolders.value = [path, ...others].slice(0, MAX_RECENT_FOLDERS)
    },
  }
}

/**
 * `cd` alone on a line means the bar, not a shell that ends right after it.
 * @returns true for `cd`, `cd folder`, `cd -- "my folder"`; false for anything with more in it
 */
export function isFolderChange(line: string): boolean {
  return /^\s*cd(?:\s+(?:--\s+)?(?:"[^"`$\\]*"|'[^']*'|[^\s;&|<>()`$"'\\]+))?\s*$/.test(line)
}
