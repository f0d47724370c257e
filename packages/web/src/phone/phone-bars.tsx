// Owns what a narrow page has instead of a sidebar and tabs: the name of what is shown above, three places below.

import type { SessionId, SessionInfo } from '@limpet/protocol'
import type { VNode } from 'preact'
import { labelOf } from '../state/programs.ts'
import { useApp, type AppWithActions } from '../ui/app-context.ts'
import { HeldKeys } from '../ui/connection-words.tsx'
import { presenceWords } from '../ui/company-words.ts'
import { controlItems, ownName, sizeItems } from '../ui/control-actions.ts'
import { nameOf, plural } from '../ui/format.ts'
import { Icon, Logo } from '../ui/icon.tsx'
import { below } from '../ui/menu.tsx'
import { sessionMenu } from '../ui/session-actions.ts'
import { SessionMark } from '../ui/session-mark.tsx'
import { focusBar } from '../ui/focus.ts'

export function PhoneTop(): VNode {
  const app = useApp()
  const place = app.places.current.value
  const session = place === 'stream' ? undefined : app.sessions.all.value.get(place)
  const isList = app.sheet.value === 'sessions'
  if (isList || session === undefined || app.replayed.value !== undefined) {
    return (
      <header class="phone-top">
        <Logo />
        <h1 class="one-line">{isList ? 'Sessions' : 'Limpet'}</h1>
        <Confinement />
      </header>
    )
  }
  return (
    <header class="phone-top">
      <SessionMark session={session} />
      <h1 class="one-line">{nameOf(session)}</h1>
      <Held id={session.id} />
      <PhonePresence session={session} />
      <button
        type="button"
        class="control square"
        aria-label={`Actions for ${nameOf(session)}`}
        aria-haspopup="menu"
        onClick={(event) => {
          app.floating.menu.value = { ...sessionMenu(app, session), ...below(event) }
        }}
      >
        <Icon name="more" />
      </button>
    </header>
  )
}

/** On a phone there is room for a figure; the menu says who it is. */
function PhonePresence({ session }: { readonly session: SessionInfo }): VNode | null {
  const app = useApp()
  if (session.viewers < 2 && session.control === undefined) return null
  return (
    <button
      type="button"
      class="control"
      aria-label={`${plural(Math.max(0, session.viewers - 1), 'other')} here: who may type`}
      aria-haspopup="menu"
      onClick={(event) => {
        const terminal = app.terminals.get(session.id)
        if (terminal === undefined) return
        const words = presenceWords(terminal.company.others.peek(), ownName(app, terminal))
        const items = [...controlItems(app, terminal), undefined, ...sizeItems(app, session)]
        app.floating.menu.value = { title: words || 'Only you', items, ...below(event) }
      }}
    >
      <Icon name="people" /> {session.viewers}
    </button>
  )
}

/** Looked up when the connection goes: then the terminal is there. */
function Held({ id }: { readonly id: SessionId }): VNode | null {
  const { connection, terminals } = useApp()
  const terminal = connection.isConnected.value ? undefined : terminals.get(id)
  return terminal === undefined ? null : <HeldKeys terminal={terminal} />
}

/** The words are long for a phone: they are said when one asks. */
function Confinement(): VNode | null {
  const { programs, floating } = useApp()
  const words = programs.confinement.value
  if (words === '') return null
  return (
    <button
      type="button"
      class="control square"
      aria-label={`What programs may do: ${words}`}
      onClick={() => floating.say(`Programs here: ${words}.`)}
    >
      <Icon name="shield" />
    </button>
  )
}

export function BottomBar(): VNode {
  const app = useApp()
  const { sheet, places, sessions, seen, programs } = app
  const isStream = sheet.value === 'work' && places.current.value === 'stream'
  const hasNews = sessions.running.value.some((session) => seen.hasUnseen(session))
  return (
    <nav class="bottom-bar" aria-label="Places">
      <button
        type="button"
        aria-current={isStream ? 'page' : undefined}
        onClick={() => {
          sheet.value = 'work'
          places.go('stream')
        }}
      >
        <Icon name="stream" /> Stream
      </button>
      <button
        type="button"
        aria-current={sheet.value === 'sessions' ? 'page' : undefined}
        onClick={() => {
          sheet.value = 'sessions'
        }}
      >
        <Icon name="list" />
        <span>
          Sessions
          {hasNews && <span class="visually-hidden">, new output</span>}
        </span>
      </button>
      <button
        type="button"
        aria-haspopup="menu"
        // Until it is known what may be started, there is nothing to offer.
        disabled={programs.offer.value === undefined}
        onClick={(event) => openNewMenu(app, event)}
      >
        <Icon name="plus" /> New
      </button>
    </nav>
  )
}

function openNewMenu(app: AppWithActions, event: Event): void {
  const { programs, launcher, places, sheet, floating } = app
  const items = programs.startable.peek().map((program) => ({
    label: labelOf(program),
    run: () => {
      sheet.value = 'work'
      void launcher.start(program.name)
    },
  }))
  const command = {
    label: 'Command',
    run: () => {
      sheet.value = 'work'
      places.go('stream')
      focusBar()
    },
  }
  floating.menu.value = {
    title: 'Start',
    items: programs.hasBar.peek() ? [...items, command] : items,
    ...below(event),
  }
}
