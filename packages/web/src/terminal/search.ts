// Owns the search addon of a terminal: loaded on demand, gone with its marks when the search is closed.

import type { ISearchDecorationOptions, SearchAddon } from '@xterm/addon-search'
import type { Terminal } from '@xterm/xterm'
import { readToken } from './theme.ts'

export interface SearchHandlers {
  readonly handleReady: (search: SearchAddon) => void
  readonly handleResults: (results: {
    readonly resultIndex: number
    readonly resultCount: number
  }) => void
}

/** @returns a function that closes it */
export function openSearch(xterm: Terminal, handlers: SearchHandlers): () => void {
  let close = (): void => {
    close = (): void => {}
  }
  let isOver = false
  const load = async (): Promise<void> => {
    const addonModule = await import('@xterm/addon-search')
    if (isOver) return
    const search = new addonModule.SearchAddon()
    xterm.loadAddon(search)
    search.onDidChangeResults(handlers.handleResults)
    close = (): void => {
      search.clearDecorations()
      search.dispose()
    }
    handlers.handleReady(search)
  }
  // Offline before it was ever loaded: the field stays without results.
  load().catch(() => {})
  return () => {
    isOver = true
    close()
  }
}

/** Colours of matches; the addon wants them as #rrggbb. */
export function searchColors(): ISearchDecorationOptions {
  return {
    matchBackground: readToken('found'),
    matchOverviewRuler: readToken('waiting'),
    activeMatchBackground: readToken('selection'),
    activeMatchBorder: readToken('accent'),
    activeMatchColorOverviewRuler: readToken('accent'),
  }
}
