// Owns searching in what was run before (Ctrl-R): a field, and the lines that have every word of it, newest below.

import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { search, wholeHistory } from '../state/bar-history.ts'
import { linesOf } from '../state/session-facts.ts'
import { useApp } from '../ui/app-context.ts'

const MAX_SHOWN = 12

export interface FoundLinesProps {
  /** Called with the line, or with undefined when nothing was chosen. */
  readonly choose: (line: string | undefined) => void
}

export function FoundLines({ choose }: FoundLinesProps): VNode {
  const { bar, sessions } = useApp()
  const query = useSignal(bar.text.peek())
  const selected = useSignal(0)
  const field = useRef<HTMLInputElement>(null)
  // Before the next key: what is typed on is meant for it.
  useLayoutEffect(() => field.current?.focus(), [])
  const history = wholeHistory(bar.history.value, linesOf(sessions.stream.value))
  const found = search(history, query.value).slice(0, MAX_SHOWN)
  const handleKey = (event: KeyboardEvent): void => {
    const isAgain = event.ctrlKey && event.key.toLowerCase() === 'r'
    const older = Math.max(0, Math.min(found.length - 1, selected.value + 1))
    if (event.key === 'Enter') choose(found[selected.value])
    else if (event.key === 'Escape') choose(undefined)
    else if (event.key === 'ArrowUp' || isAgain) selected.value = older
    else if (event.key === 'ArrowDown') selected.value = Math.max(0, selected.value - 1)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="found-lines">
      <FoundList lines={found} selected={selected.value} choose={choose} />
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

/** The newest line is nearest to the field. */
function FoundList(props: {
  readonly lines: readonly string[]
  readonly selected: number
  readonly choose: (line: string) => void
}): VNode {
  const { lines, selected, choose } = props
  const options = lines.map((line, index) => (
    <div
      key={line}
      id={`found-${index}`}
      class="option one-line"
      role="option"
      aria-selected={index === selected}
      onPointerDown={(event) => {
        event.preventDefault()
        choose(line)
      }}
    >
      {line}
    </div>
  ))
  return (
    <>
      {lines.length === 0 && <div class="nothing">Nothing that was run has these words.</div>}
      <div id="found-list" role="listbox" aria-label="Lines run before">
        {options.toReversed()}
      </div>
    </>
  )
}
