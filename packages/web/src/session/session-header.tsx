// Owns the header of a session: state, name, where, what matters in words, time, the menu. Commands, terminals and
// Python have the same.

import type { SessionInfo } from '@limpet/protocol'
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { durationOf } from '../state/session-facts.ts'
import { isOver, type SessionTerminal } from '../terminal/session-terminal.ts'
import { useApp } from '../ui/app-context.ts'
import { HeldKeys } from '../ui/connection-words.tsx'
import { cleanTitle, formatElapsed, formatPath, nameOf } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { below } from '../ui/menu.tsx'
import { RenameField } from '../ui/rename-field.tsx'
import { sessionMenu } from '../ui/session-actions.ts'
import { SessionMark } from '../ui/session-mark.tsx'
import { Presence } from './presence.tsx'

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
  return (
    <>
      <HeldKeys terminal={terminal} />
      <LogBadge session={session} />
      <OwnPart terminal={terminal} />
      <Presence session={session} terminal={terminal} />
    </>
  )
}

/** Said to those who watch, and to those who came by a link. */
function OwnPart({ terminal }: { readonly terminal: SessionTerminal }): VNode | null {
  const { programs } = useApp()
  const { control, isMine } = terminal.company
  if (terminal.mayType && programs.shared.value === undefined) return null
  // What is over can neither be watched nor typed into; "you have control" says that one types.
  if (isOver(terminal.phase.value.state) || isMine.value) return null
  const isTyping = terminal.mayType && control.value === null
  return (
    <span class="badge">
      <Icon name={isTyping ? 'keyboard' : 'eye'} /> {isTyping ? 'typing' : 'watching'}
    </span>
  )
}

/** The log is not on disk [LOG-6]: a crash of the host would take it. */
function LogBadge({ session }: { readonly session: SessionInfo }): VNode | null {
  const reason = useApp().terminals.get(session.id)?.logTrouble.value ?? ''
  if (session.isDurable) return null
  const words = reason === '' ? 'log not on disk' : `log not on disk: ${reason}`
  return (
    <span class="badge waiting" title="The newest output is kept in memory only.">
      <Icon name="disk" /> <span class="one-line">{words}</span>
    </span>
  )
}

function Time({ session }: { readonly session: SessionInfo }): VNode {
  const { clock } = useApp()
  const now = session.state === 'running' ? clock.seconds.value : clock.now()
  return <span class="block-when">{formatElapsed(durationOf(session, now))}</span>
}
