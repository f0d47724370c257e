// Owns the row of tabs: the stream, then each open session; what can be started; what matters about this machine in
// words. Tabs move by drag.

import { useSignal } from '@preact/signals'
import type { SessionId } from '@limpet/protocol'
import type { VNode } from 'preact'
import { labelOf } from '../state/programs.ts'
import { useApp } from '../ui/app-context.ts'
import { OfflineBadge } from '../ui/connection-words.tsx'
import { focusPlace } from '../ui/focus.ts'
import { nameOf } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { below } from '../ui/menu.tsx'
import { sessionMenu } from '../ui/session-actions.ts'
import { SessionMark } from '../ui/session-mark.tsx'
import { UnseenDot } from '../ui/unseen-dot.tsx'

/** The kind of data that a dragged tab carries. */
const DRAG_TYPE = 'application/x-limpet-session'

export function Tabs(): VNode {
  const { places, programs, connection } = useApp()
  const isStream = places.current.value === 'stream'
  const hasStream = programs.sole.value === undefined
  return (
    <header class="tabs">
      <nav class="tabs-list" aria-label="Open">
        {hasStream && (
          <div class={`tab ${isStream ? 'current' : ''}`}>
            <button
              type="button"
              class="tab-name"
              aria-current={isStream ? 'page' : undefined}
              onClick={() => places.go('stream')}
            >
              <Icon name="stream" /> Stream
            </button>
          </div>
        )}
        {places.tabs.value.map((id) => (
          <Tab key={id} id={id} />
        ))}
      </nav>
      <div class="tabs-rest">
        <NewButton />
        <span class="spacer" />
        <OfflineBadge />
        {programs.confinement.value !== '' && connection.isConnected.value && (
          <span class="badge confinement">
            <Icon name="shield" /> {programs.confinement.value}
          </span>
        )}
      </div>
    </header>
  )
}

function Tab({ id }: { readonly id: SessionId }): VNode {
  const app = useApp()
  const { places, sessions, floating } = app
  const session = sessions.all.value.get(id)
  const isCurrent = places.current.value === id
  const { isDropping, ...drag } = useDrag(id)
  const name = session === undefined ? '…' : nameOf(session)
  return (
    <div
      class={`tab ${isCurrent ? 'current' : ''} ${isDropping ? 'dropping' : ''}`}
      {...drag}
      onAuxClick={(event) => {
        if (event.button === 1) places.close(id)
      }}
      onContextMenu={(event) => {
        event.preventDefault()
        if (session === undefined) return
        const { clientX: x, clientY: y } = event
        floating.menu.value = { ...sessionMenu(app, session), x, y }
      }}
    >
      <button
        type="button"
        class="tab-name"
        title={session?.title}
        aria-current={isCurrent ? 'page' : undefined}
        onClick={() => {
          places.go(id)
          focusPlace()
        }}
      >
        {session !== undefined && <SessionMark session={session} />}
        <span class="one-line">{name}</span>
        {session !== undefined && !isCurrent && <UnseenDot session={session} />}
      </button>
      <button
        type="button"
        class="control tab-close"
        aria-label={`Close the tab of ${name}`}
        onClick={() => places.close(id)}
      >
        <Icon name="close" />
      </button>
    </div>
  )
}

/** What a tab does while it, or another one over it, is dragged. */
function useDrag(id: SessionId) {
  const { places } = useApp()
  const isDropping = useSignal(false)
  const show = (isOver: boolean): void => {
    isDropping.value = isOver
  }
  return {
    isDropping: isDropping.value,
    draggable: true,
    onDragStart: (event: DragEvent): void => event.dataTransfer?.setData(DRAG_TYPE, id),
    onDragOver: (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes(DRAG_TYPE) !== true) return
      event.preventDefault()
      show(true)
    },
    onDragLeave: (): void => show(false),
    onDrop: (event: DragEvent): void => {
      event.preventDefault()
      show(false)
      const dragged = event.dataTransfer?.getData(DRAG_TYPE)
      const tab = places.tabs.peek().find((open) => open === dragged)
      if (tab !== undefined) places.move(tab, id)
    },
  }
}

function NewButton(): VNode | null {
  const { programs, launcher, floating } = useApp()
  if (programs.startable.value.length === 0) return null
  return (
    <button
      type="button"
      class="control square"
      aria-label="Start a program"
      aria-haspopup="menu"
      onClick={(event) => {
        const items = programs.startable.peek().map((program) => ({
          label: labelOf(program),
          run: () => void launcher.start(program.name),
        }))
        floating.menu.value = { title: 'Start', items, ...below(event) }
      }}
    >
      <Icon name="plus" />
    </button>
  )
}
