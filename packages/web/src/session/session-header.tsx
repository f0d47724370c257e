// Owns the header of a session: state, name, where, what matters in words, time, the menu. Commands, terminals and
// Python have the same.

import type { SessionInfo } from '@limpet/protocol'
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { durationOf } from '../state/session-facts.ts'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { useApp } from '../ui/app-context.ts'
import { HeldKeys } from '../ui/connection-words.tsx'
import { cleanTitle, formatElapsed, formatPath, nameOf, plural } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { below } from '../ui/menu.tsx'
import { RenameField } from '../ui/rename-field.tsx'
import { sessionMenu } from '../ui/session-actions.ts'
import { SessionMark } from '../ui/session-mark.tsx'

export interface SessionHeaderProps {
  readonly session: SessionInfo
  readonly terminal: SessionTerminal | undefined
}

export function SessionHeader({ session, terminal }: SessionHeaderProps): VNode {
  const app = useApp()
  const isRenaming = useSignal(false)
  const startRenaming = (): void => {
    isRenaming.value = true
  }
  const title = cleanTitle(terminal?.title.value ?? '')
  return (
    <header class="session-header">
      <SessionMark session={session} />
      {isRenaming.value ? (
        <RenameField
          session={session}
          done={() => {
            isRenaming.value = false
          }}
        />
      ) : (
        <h1 class="session-name one-line" onDblClick={startRenaming}>
          {nameOf(session)}
        </h1>
      )}
      <span class="where one-line" title={session.cwd}>
        {title || formatPath(session.cwd)}
      </span>
      <span class="spacer" />
      {terminal !== undefined && <TerminalBadges session={session} terminal={terminal} />}
      <Time session={session} />
      <button
        type="button"
        class="control square"
        aria-label={`Actions for ${nameOf(session)}`}
        aria-haspopup="menu"
        onClick={(event) => {
          const menu = sessionMenu(app, session, { rename: startRenaming })
          app.floating.menu.value = { ...menu, ...below(event) }
        }}
      >
        <Icon name="more" />
      </button>
    </header>
  )
}

function TerminalBadges({
  session,
  terminal,
}: {
  readonly session: SessionInfo
  readonly terminal: SessionTerminal
}): VNode {
  const { columns, rows } = terminal.size.value
  return (
    <>
      <HeldKeys terminal={terminal} />
      {!terminal.mayType && (
        <span class="badge">
          <Icon name="eye" /> watching
        </span>
      )}
      {session.viewers > 1 && (
        <span class="badge" title={`${plural(session.viewers, 'viewer')}, ${columns} × ${rows}`}>
          <Icon name="eye" /> {session.viewers}
          <span class="visually-hidden"> viewers</span>
        </span>
      )}
    </>
  )
}

function Time({ session }: { readonly session: SessionInfo }): VNode {
  const { clock } = useApp()
  const now = session.state === 'running' ? clock.seconds.value : clock.now()
  return <span class="block-when">{formatElapsed(durationOf(session, now))}</span>
}
