// Owns searching in a terminal: the addon is loaded with the first search, matches are marked as one types.

import { useSignal, type Signal } from '@preact/signals'
import type { SearchAddon } from '@xterm/addon-search'
import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { openSearch, searchColors } from '../terminal/search.ts'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { formatCount } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import type { IconName } from '../ui/icon-paths.ts'

export interface TerminalSearchProps {
  readonly terminal: SessionTerminal
  readonly close: () => void
}

/** above: towards older output, where a search begins. incremental: the word is still being typed. */
type Direction = 'above' | 'below' | 'incremental'

export function TerminalSearch({ terminal, close }: TerminalSearchProps): VNode {
  const field = useRef<HTMLInputElement>(null)
  const count = useSignal('')
  const find = useFind(terminal, field, count)
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') close()
    else if (event.key === 'Enter') find(event.shiftKey ? 'below' : 'above')
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
        onInput={() => find('incremental')}
        onKeyDown={handleKey}
      />
      <span class="count" role="status">
        {count.value}
      </span>
      <SearchButton label="Match above" icon="up" press={() => find('above')} />
      <SearchButton label="Match below" icon="down" press={() => find('below')} />
      <SearchButton label="Close search" icon="close" press={close} />
    </div>
  )
}

function SearchButton(props: {
  readonly label: string
  readonly icon: IconName
  readonly press: () => void
}): VNode {
  return (
    <button type="button" class="control square" aria-label={props.label} onClick={props.press}>
      <Icon name={props.icon} />
    </button>
  )
}

/** @returns a function that searches for what is in the field */
function useFind(
  terminal: SessionTerminal,
  field: { readonly current: HTMLInputElement | null },
  count: Signal<string>,
): (direction: Direction) => void {
  const addon = useRef<SearchAddon | undefined>(undefined)
  const find = (direction: Direction): void => {
    const text = field.current?.value ?? ''
    const search = addon.current
    if (text === '') {
      search?.clearDecorations()
      count.value = ''
      return
    }
    const options = { incremental: direction === 'incremental', decorations: searchColors() }
    if (direction === 'below') search?.findNext(text, options)
    else search?.findPrevious(text, options)
  }
  // Before the next key: what is typed on is meant for it.
  useLayoutEffect(() => field.current?.focus(), [])
  useEffect(
    () =>
      openSearch(terminal.xterm, {
        handleReady: (search) => {
          addon.current = search
          // What was typed while the addon was on its way.
          find('incremental')
        },
        handleResults: ({ resultIndex, resultCount }) => {
          count.value = wordsOf(resultIndex, resultCount)
        },
      }),
    [terminal],
  )
  return find
}

/** "3 of 12"; the addon gives no index when there are too many to number. */
function wordsOf(index: number, total: number): string {
  if (total === 0) return 'none'
  return index === -1 ? formatCount(total) : `${formatCount(index + 1)} of ${formatCount(total)}`
}
