// Owns the palette: one field from which everything can be reached that the page can do, go to or run.

import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from '../ui/app-context.ts'
import { Icon } from '../ui/icon.tsx'
import { SessionMark } from '../ui/session-mark.tsx'
import { entriesFor, type Entry } from './entries.ts'

export function PaletteLayer(): VNode | null {
  const { floating } = useApp()
  return floating.isPaletteOpen.value ? <Palette /> : null
}

function Palette(): VNode {
  const app = useApp()
  const query = useSignal('')
  const selected = useSignal(0)
  const { leave, giveBack } = useClosing()
  const entries = entriesFor(app, query.value)
  const { length } = entries
  const index = Math.min(selected.value, length - 1)
  const choose = (entry: Entry | undefined): void => {
    if (entry === undefined) return
    giveBack()
    entry.run()
  }
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') selected.value = (index + 1) % Math.max(1, length)
    else if (event.key === 'ArrowUp') selected.value = (index - 1 + length) % Math.max(1, length)
    else if (event.key === 'Enter') choose(entries[index])
    else if (event.key === 'Escape' || event.key === 'Tab') leave()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <>
      <div class="backdrop" onPointerDown={leave} />
      <div
        class="palette floating"
        role="dialog"
        aria-modal="true"
        aria-label="Palette"
        onKeyDown={handleKey}
      >
        <Field
          text={query.value}
          active={index >= 0 ? `palette-${index}` : undefined}
          change={(text) => {
            query.value = text
            selected.value = 0
          }}
        />
        <Results
          entries={entries}
          index={index}
          isGrouped={query.value.trim() === ''}
          choose={choose}
        />
        {length === 0 && <p class="nothing">Nothing fits.</p>}
      </div>
    </>
  )
}

interface Closing {
  /** Closes it; the focus goes where it was, or out of a terminal. */
  readonly leave: () => void
  /** Closes it; the focus goes where it was. */
  readonly giveBack: () => void
}

function useClosing(): Closing {
  const { floating } = useApp()
  const before = useRef(document.activeElement)
  const giveBack = (): void => {
    floating.isPaletteOpen.value = false
    if (before.current instanceof HTMLElement) before.current.focus()
  }
  return {
    giveBack,
    leave() {
      // Escape is how one gets from a terminal to the page.
      const isTerminal = before.current?.closest('.xterm') !== null
      if (!isTerminal) return giveBack()
      floating.isPaletteOpen.value = false
      document.querySelector<HTMLElement>('.tab.current button, .session-header button')?.focus()
    },
  }
}

function Field(props: {
  readonly text: string
  readonly active: string | undefined
  readonly change: (text: string) => void
}): VNode {
  const field = useRef<HTMLInputElement>(null)
  // Before the next key: what is typed on is meant for it.
  useLayoutEffect(() => field.current?.focus(), [])
  return (
    <input
      ref={field}
      role="combobox"
      aria-label="Go, start, run or change something"
      aria-expanded="true"
      aria-controls="palette-list"
      aria-activedescendant={props.active}
      placeholder="Go, start, run…"
      spellcheck={false}
      autocomplete="off"
      autocapitalize="off"
      value={props.text}
      onInput={(event) => props.change(event.currentTarget.value)}
    />
  )
}

function Results(props: {
  readonly entries: readonly Entry[]
  readonly index: number
  readonly isGrouped: boolean
  readonly choose: (entry: Entry) => void
}): VNode {
  const { entries, index, isGrouped, choose } = props
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [index])
  return (
    <div ref={list} id="palette-list" class="palette-list" role="listbox" aria-label="Results">
      {entries.map((entry, place) => (
        <Line
          key={entry.id}
          entry={entry}
          place={place}
          isSelected={place === index}
          heading={isGrouped && entry.group !== entries[place - 1]?.group ? entry.group : undefined}
          choose={() => choose(entry)}
        />
      ))}
    </div>
  )
}

function Line(props: {
  readonly entry: Entry
  readonly place: number
  readonly isSelected: boolean
  readonly heading: string | undefined
  readonly choose: () => void
}): VNode {
  const { entry, place, isSelected, heading, choose } = props
  return (
    <>
      {heading !== undefined && (
        <div class="palette-group" role="presentation">
          {heading}
        </div>
      )}
      <div
        id={`palette-${place}`}
        class="palette-item"
        role="option"
        aria-selected={isSelected}
        onClick={choose}
        onPointerDown={(event) => event.preventDefault()}
      >
        {entry.session !== undefined && <SessionMark session={entry.session} />}
        {entry.group === 'Start' && <Icon name="plus" />}
        <span class="label one-line">{entry.label}</span>
        {entry.note !== undefined && <span class="note one-line">{entry.note}</span>}
        {entry.keys !== undefined && <kbd>{entry.keys}</kbd>}
      </div>
    </>
  )
}
