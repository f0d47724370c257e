// Owns the palette: one field from which everything can be reached that the page can do, go to or run.

import { useSignal } from '@preact/signals'
import type { SessionInfo } from '@limpet/protocol'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { labelOf } from '../state/programs.ts'
import { useApp, type AppWithActions } from '../ui/app-context.ts'
import { focusPlace } from '../ui/focus.ts'
import { formatPath, nameOf } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { formatBinding } from '../ui/key-binding.ts'
import { isMac } from '../ui/platform.ts'
import { goTo } from '../ui/session-actions.ts'
import { SessionMark } from '../ui/session-mark.tsx'
import { bestMatches } from './matching.ts'

interface Entry {
  readonly id: string
  readonly group: string
  readonly label: string
  readonly note?: string
  readonly keys?: string
  readonly session?: SessionInfo
  readonly run: () => void
}

const MAX_SHOWN = 40
const MAX_ENDED = 20

export function PaletteLayer(): VNode | null {
  const { floating } = useApp()
  return floating.isPaletteOpen.value ? <Palette /> : null
}

function Palette(): VNode {
  const app = useApp()
  const query = useSignal('')
  const selected = useSignal(0)
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const before = useRef(document.activeElement)
  useEffect(() => field.current?.focus(), [])
  const entries = found(app, query.value)
  const index = Math.min(selected.value, entries.length - 1)
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  })
  const close = (): void => {
    app.floating.isPaletteOpen.value = false
  }
  /** Escape leaves to where one was, but never into a terminal: that is how one gets out of it. */
  const leave = (): void => {
    close()
    const element = before.current
    const isTerminal = element?.closest('.xterm') !== null
    if (element instanceof HTMLElement && !isTerminal) element.focus()
    else document.querySelector<HTMLElement>('.session-header button, .tabs button')?.focus()
  }
  const choose = (entry: Entry | undefined): void => {
    if (entry === undefined) return
    close()
    const element = before.current
    if (element instanceof HTMLElement) element.focus()
    entry.run()
  }
  const handleKey = (event: KeyboardEvent): void => {
    const { length } = entries
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
      <div class="palette floating" role="dialog" aria-modal="true" aria-label="Palette" onKeyDown={handleKey}>
        <input
          ref={field}
          role="combobox"
          aria-label="Go, start, run or change something"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={index >= 0 ? `palette-${index}` : undefined}
          placeholder="Go, start, run…"
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          value={query.value}
          onInput={(event) => {
            query.value = event.currentTarget.value
            selected.value = 0
          }}
        />
        <div ref={list} id="palette-list" class="palette-list" role="listbox" aria-label="Results">
          {entries.map((entry, place) => (
            <Line
              key={entry.id}
              entry={entry}
              place={place}
              isSelected={place === index}
              isFirstOfGroup={query.value.trim() === '' && entry.group !== entries[place - 1]?.group}
              choose={() => choose(entry)}
            />
          ))}
        </div>
        {entries.length === 0 && <p class="nothing">Nothing fits.</p>}
      </div>
    </>
  )
}

function Line(props: {
  readonly entry: Entry
  readonly place: number
  readonly isSelected: boolean
  readonly isFirstOfGroup: boolean
  readonly choose: () => void
}): VNode {
  const { entry, place, isSelected, isFirstOfGroup, choose } = props
  return (
    <>
      {isFirstOfGroup && (
        <div class="palette-group" role="presentation">
          {entry.group}
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

function found(app: AppWithActions, query: string): readonly Entry[] {
  const all = [...sessionEntries(app), ...programEntries(app), ...actionEntries(app)]
  const fitting = bestMatches(all, query, ({ label, note }) => `${label} ${note ?? ''}`)
  return [...fitting.slice(0, MAX_SHOWN), ...lineEntry(app, query)]
}

function sessionEntries(app: AppWithActions): Entry[] {
  const { running, earlier } = app.sessions
  return [...running.value, ...earlier.value.slice(0, MAX_ENDED)].map((session) => ({
    id: session.id,
    group: session.state === 'running' ? 'Running' : 'Earlier',
    label: nameOf(session),
    note: formatPath(session.cwd),
    session,
    run: () => {
      app.sheet.value = 'work'
      goTo(app, session)
      focusPlace()
    },
  }))
}

/** Those that have no action, and so no key, of their own. */
function programEntries(app: AppWithActions): Entry[] {
  const { programs, actions, launcher } = app
  return programs.startable.value
    .filter(({ name }) => !actions.some(({ id }) => id === `start-${name}`))
    .map((program) => ({
      id: `program-${program.name}`,
      group: 'Start',
      label: `New ${labelOf(program)}`,
      note: program.description,
      run: () => void launcher.start(program.name),
    }))
}

function actionEntries({ actions }: AppWithActions): Entry[] {
  return actions
    .filter(({ isHidden, isPossible }) => isHidden !== true && isPossible())
    .map(({ id, group, label, keys, run }) => {
      const [binding] = keys
      const shown = binding === undefined ? {} : { keys: formatBinding(binding, isMac()) }
      return { id, group, label, run, ...shown }
    })
}

/** What was typed, as a command: the palette is never a dead end. */
function lineEntry(app: AppWithActions, query: string): Entry[] {
  const line = query.trim()
  if (line === '' || !app.programs.hasBar.value) return []
  return [
    {
      id: 'run-line',
      group: 'Run',
      label: `Run \`${line}\``,
      run: () => {
        app.places.go('stream')
        app.bar.addLine(line)
        void app.launcher.runLine(line)
      },
    },
  ]
}
