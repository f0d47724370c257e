// Owns searching in what was run before (Ctrl-R): a field, and the lines that have every word of it, newest below.

import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { search } from '../state/bar-history.ts'
import { useApp } from '../ui/app-context.ts'

const MAX_SHOWN = 12

export interface FoundLinesProps {
  /** Called with the line, or with undefined when nothing was chosen. */
  readonly choose: (line: string | undefined) => void
}

export function FoundLines({ choose }: FoundLinesProps): VNode {
  const { bar } = useApp()
  const query = useSignal(bar.text.peek())
  const selected = useSignal(0)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const found = search(bar.history.value, query.value).slice(0, MAX_SHOWN)
  const move = (by: number): void => {
    selected.value = Math.max(0, Math.min(found.length - 1, selected.value + by))
  }
  const handleKey = (event: KeyboardEvent): void => {
    const isAgain = event.ctrlKey && event.key.toLowerCase() === 'r'
    if (event.key === 'Enter') choose(found[selected.value])
    else if (event.key === 'Escape') choose(undefined)
    else if (event.key === 'ArrowUp' || isAgain) move(1)
    else if (event.key === 'ArrowDown') move(-1)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="found-lines">
      <div id="found-list" role="listbox" aria-label="Lines run before">
        {found.length === 0 && <div class="nothing">Nothing that was run has these words.</div>}
        {found
          .map((line, index) => (
            <div
              key={line}
              id={`found-${index}`}
              class="option one-line"
              role="option"
              aria-selected={index === selected.value}
              onPointerDown={(event) => {
                event.preventDefault()
                choose(line)
              }}
            >
              {line}
            </div>
          ))
          .toReversed()}
      </div>
      <input
        ref={field}
        class="field machine"
        role="combobox"
        aria-label="Search what was run"
        aria-expanded="true"
        aria-controls="found-list"
        aria-activedescendant={found.length > 0 ? `found-${selected.value}` : undefined}
        value={query.value}
        placeholder="search what was run"
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        onInput={(event) => {
          query.value = event.currentTarget.value
          selected.value = 0
        }}
        onKeyDown={handleKey}
        onBlur={() => choose(undefined)}
      />
    </div>
  )
}
