// Owns one line of the sidebar: mark, name, a figure; rename in place; the same menu by ⋯ and by the other button.

import { useSignal } from '@preact/signals'
import type { SessionInfo } from '@limpet/protocol'
import type { VNode } from 'preact'
import type { MenuRequest } from '../state/floating.ts'
import { durationOf, kindOf, labelText } from '../state/session-facts.ts'
import { useApp } from '../ui/app-context.ts'
import { focusPlace } from '../ui/focus.ts'
import { formatDuration, formatElapsed, formatPath, nameOf } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { below } from '../ui/menu.tsx'
import { RenameField } from '../ui/rename-field.tsx'
import { goTo, sessionMenu } from '../ui/session-actions.ts'
import { SessionMark } from '../ui/session-mark.tsx'
import { UnseenDot } from '../ui/unseen-dot.tsx'

export function SessionItem({ session }: { readonly session: SessionInfo }): VNode {
  const app = useApp()
  const isRenaming = useSignal(false)
  const isCurrent = app.places.current.value === session.id
  const rename = (): void => {
    isRenaming.value = app.programs.may('type')
  }
  const openMenu = (place: Pick<MenuRequest, 'x' | 'y' | 'above'>): void => {
    app.floating.menu.value = { ...sessionMenu(app, session, { rename }), ...place }
  }
  if (isRenaming.value) {
    const done = (): void => {
      isRenaming.value = false
    }
    return (
      <li class="session-item">
        <RenameField session={session} done={done} />
      </li>
    )
  }
  return (
    <li
      class={`session-item ${session.state} ${isCurrent ? 'current' : ''}`}
      onContextMenu={(event) => {
        event.preventDefault()
        openMenu({ x: event.clientX, y: event.clientY })
      }}
    >
      <SessionLink session={session} isCurrent={isCurrent} rename={rename} />
      <button
        type="button"
        class="control square session-more"
        aria-label={`Actions for ${nameOf(session)}`}
        aria-haspopup="menu"
        onClick={(event) => openMenu(below(event))}
      >
        <Icon name="more" />
      </button>
    </li>
  )
}

function SessionLink(props: {
  readonly session: SessionInfo
  readonly isCurrent: boolean
  readonly rename: () => void
}): VNode {
  const app = useApp()
  const { session, isCurrent, rename } = props
  // Labels stand where the folder would.
  const hasLabels = Object.keys(session.labels ?? {}).length > 0
  return (
    <button
      type="button"
      class={`session-link ${hasLabels ? 'labelled' : ''}`}
      aria-current={isCurrent ? 'page' : undefined}
      title={session.title}
      onClick={() => {
        app.sheet.value = 'work'
        goTo(app, session)
        focusPlace()
      }}
      onDblClick={rename}
    >
      <SessionMark session={session} />
      <span class={`name one-line ${kindOf(session) === 'command' ? 'machine' : ''}`}>
        {nameOf(session)}
      </span>
      <Labels session={session} />
      {!session.isDurable && <NotOnDisk />}
      {(!hasLabels || session.state === 'lost') && <Note session={session} />}
      {!isCurrent && <UnseenDot session={session} />}
    </button>
  )
}

/** As many as there is room for: all of them are in its title, and in the menu. */
function Labels({ session }: { readonly session: SessionInfo }): VNode | null {
  const labels = Object.entries(session.labels ?? {})
  if (labels.length === 0) return null
  return (
    <span class="chips" title={labels.map(([label, value]) => labelText(label, value)).join(' ')}>
      {labels.map(([label, value]) => (
        <span key={label} class="chip one-line">
          {labelText(label, value)}
        </span>
      ))}
    </span>
  )
}

function NotOnDisk(): VNode {
  return (
    <span class="not-on-disk" title="Its log is not on disk: the newest output is in memory only.">
      <Icon name="disk" />
      <span class="visually-hidden">, log not on disk</span>
    </span>
  )
}

/** Where a terminal is, how long a command runs or took. */
function Note({ session }: { readonly session: SessionInfo }): VNode {
  const { clock } = useApp()
  if (session.state === 'lost') {
    return (
      <span class="note one-line lost" title="Lost with the host, which crashed; its log is kept.">
        lost, log kept
      </span>
    )
  }
  if (kindOf(session) !== 'command') {
    return <span class="note one-line">{formatPath(session.cwd)}</span>
  }
  const isRunning = session.state === 'running'
  const duration = durationOf(session, isRunning ? clock.seconds.value : clock.now())
  return <span class="note">{isRunning ? formatElapsed(duration) : formatDuration(duration)}</span>
}
