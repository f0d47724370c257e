// Owns searching a recording as one sees it: a field, how many there are, the one before and the one after.
// Before: recording-search.ts finds and jumps.

import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { formatCount } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { MAX_MATCHES } from './found-text.ts'
import type { Playback } from './playback.ts'
import { RecordingSearch } from './recording-search.ts'

/** How long one types on before it is searched. */
const TYPING_MS = 200

export function PlayerSearch({ playback }: { readonly playback: Playback }): VNode {
  const [search] = useState(() => new RecordingSearch(playback))
  useEffect(() => () => search.close(), [search])
  const hasMatches = search.count.value !== undefined && search.count.value > 0
  return (
    <div class="player-search" role="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label="Search in the whole output"
        placeholder="Find"
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => search.find(event.currentTarget.value, TYPING_MS)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          const { value } = event.currentTarget
          if (value !== search.query) search.find(value, 0)
          else search.step(event.shiftKey ? -1 : 1)
        }}
      />
      <span class="count" role="status">
        {wordsOf(search.current.value, search.count.value)}
      </span>
      {hasMatches && (
        <>
          <button
            type="button"
            class="control square"
            aria-label="Earlier match"
            onClick={() => search.step(-1)}
          >
            <Icon name="up" />
          </button>
          <button
            type="button"
            class="control square"
            aria-label="Later match"
            onClick={() => search.step(1)}
          >
            <Icon name="down" />
          </button>
        </>
      )}
    </div>
  )
}

/** "3 of 12"; "100 of 10 000 or more"; nothing while nothing is looked for. */
function wordsOf(index: number, total: number | undefined): string {
  if (total === undefined) return ''
  if (total === 0) return 'none'
  return `${formatCount(index + 1)} of ${formatCount(total)}${total === MAX_MATCHES ? ' or more' : ''}`
}
