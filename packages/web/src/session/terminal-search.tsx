// Owns searching in a terminal: the addon is loaded with the first search, matches are marked as one types.

import { useSignal } from '@preact/signals'
import type { ISearchOptions, SearchAddon } from '@xterm/addon-search'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { openSearch, searchColors } from '../terminal/search.ts'
import { formatCount } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'

export interface TerminalSearchProps {
  readonly terminal: SessionTerminal
  readonly close: () => void
}

export function TerminalSearch({ terminal, close }: TerminalSearchProps): VNode {
  const field = useRef<HTMLInputElement>(null)
  const addon = useRef<SearchAddon | undefined>(undefined)
  const count = useSignal('')
  useEffect(() => {
    field.current?.focus()
    return openSearch(terminal.xterm, {
      handleReady: (search) => {
        addon.current = search
        find('next', true)
      },
      handleResults: ({ resultIndex, resultCount }) => {
        count.value = wordsOf(resultIndex, resultCount)
      },
    })
  }, [terminal])
  const find = (direction: 'next' | 'previous', isIncremental = false): void => {
    const text = field.current?.value ?? ''
    if (text === '') {
      addon.current?.clearDecorations()
      count.value = ''
      return
    }
    const options: ISearchOptions = { incremental: isIncremental, decorations: searchColors() }
    if (direction === 'next') addon.current?.findNext(text, options)
    else addon.current?.findPrevious(text, options)
  }
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') close()
    else if (event.key === 'Enter') find(event.shiftKey ? 'next' : 'previous')
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="terminal-search" role="search">
      <input
        ref={field}
        type="search"
        aria-label="Search in the terminal"
        placeholder="Search"
        spellcheck={false}
        autocomplete="off"
        onInput={() => find('previous', true)}
        onKeyDown={handleKey}
      />
      <span class="count" role="status">
        {count.value}
      </span>
      <button type="button" class="control square" aria-label="Match above" onClick={() => find('previous')}>
        <Icon name="up" />
      </button>
      <button type="button" class="control square" aria-label="Match below" onClick={() => find('next')}>
        <Icon name="down" />
      </button>
      <button type="button" class="control square" aria-label="Close search" onClick={close}>
        <Icon name="close" />
      </button>
    </div>
  )
}

/** "3 of 12"; the addon counts up to a limit of its own. */
function wordsOf(index: number, total: number): string {
  if (total === 0) return 'none'
  return index === -1 ? formatCount(total) : `${formatCount(index + 1)} of ${formatCount(total)}`
}
