// Owns the sidebar: what can be started, what runs, what has ended, how the connection stands.

import type { SessionInfo } from '@limpet/protocol'
import { useSignal, type Signal } from '@preact/signals'
import type { VNode } from 'preact'
import { labelOf } from '../state/programs.ts'
import { fits } from '../state/session-facts.ts'
import { useApp } from '../ui/app-context.ts'
import { plural } from '../ui/format.ts'
import { Icon, Logo } from '../ui/icon.tsx'
import { formatBinding } from '../ui/key-binding.ts'
import { below } from '../ui/menu.tsx'
import { isMac } from '../ui/platform.ts'
import { SessionItem } from './session-item.tsx'
import { Status } from './status.tsx'

/** Programs with a button of their own; the rest are in a menu. */
const MAX_BUTTONS = 2

/** Ended sessions shown at first: they age out of sight. */
const EARLIER_SHOWN = 12

export function Sidebar(): VNode {
  const { floating } = useApp()
  return (
    <aside class="sidebar" aria-label="Sessions">
      <div class="brand">
        <span class="brand-name">
          <Logo /> Limpet
        </span>
        <button
          type="button"
          class="control palette-key"
          aria-label="Open the palette"
          onClick={() => {
            floating.isPaletteOpen.value = true
          }}
        >
          <kbd>{formatBinding({ modifier: 'main', key: 'k' }, isMac())}</kbd>
        </button>
      </div>
      <Starters />
      <SessionLists />
      <Status />
    </aside>
  )
}

function Starters(): VNode | null {
  const { programs, launcher, floating } = useApp()
  const all = programs.startable.value
  if (all.length === 0) return null
  const rest = all.slice(MAX_BUTTONS)
  return (
    <div class="starters">
      {all.slice(0, MAX_BUTTONS).map((program) => (
        <button
          key={program.name}
          type="button"
          class="control outlined"
          title={program.description}
          onClick={() => void launcher.start(program.name)}
        >
          <Icon name="plus" /> <span class="one-line">{labelOf(program)}</span>
        </button>
      ))}
      {rest.length > 0 && (
        <button
          type="button"
          class="control outlined"
          aria-haspopup="menu"
          aria-label="More programs"
          onClick={(event) => {
            const items = rest.map((program) => ({
              label: labelOf(program),
              run: () => void launcher.start(program.name),
            }))
            floating.menu.value = { title: 'Start', items, ...below(event) }
          }}
        >
          <Icon name="more" />
        </button>
      )}
    </div>
  )
}

/** Finds sessions by name, title, folder or label. */
function Filter({ query }: { readonly query: Signal<string> }): VNode {
  return (
    <div class="filter" role="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label="Find sessions by name, label or title"
        placeholder="Find"
        spellcheck={false}
        autocomplete="off"
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || query.peek() === '') return
          event.stopPropagation()
          query.value = ''
        }}
      />
    </div>
  )
}

function SessionLists(): VNode {
  const { sessions } = useApp()
  const isWhole = useSignal(false)
  const query = useSignal('')
  const isFiltered = query.value.trim() !== ''
  const fitting = (all: readonly SessionInfo[]): readonly SessionInfo[] =>
    isFiltered ? all.filter((session) => fits(session, query.value.trim())) : all
  const running = fitting(sessions.running.value)
  const earlier = fitting(sessions.earlier.value)
  const shown = isWhole.value || isFiltered ? earlier : earlier.slice(0, EARLIER_SHOWN)
  return (
    <nav class="sessions" aria-label="All sessions">
      <Filter query={query} />
      <h2>Running</h2>
      {running.length === 0 && sessions.isListed.value && (
        <p class="empty">{isFiltered ? 'Nothing that runs fits.' : 'Nothing runs.'}</p>
      )}
      <ul>
        {running.map((session) => (
          <SessionItem key={session.id} session={session} />
        ))}
      </ul>
      {earlier.length > 0 && <h2>Earlier</h2>}
      <ul>
        {shown.map((session) => (
          <SessionItem key={session.id} session={session} />
        ))}
      </ul>
      {earlier.length > shown.length && (
        <button
          type="button"
          class="control all"
          onClick={() => {
            isWhole.value = true
          }}
        >
          show {plural(earlier.length - shown.length, 'older one')}
        </button>
      )}
    </nav>
  )
}
