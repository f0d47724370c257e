// Owns the view of one session: header, terminal, what is to be said about it. Before: app/page.tsx puts it in
// front; after: terminal/display.ts shows the terminal in it.

import type { SessionId } from '@limpet/protocol'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { useApp } from '../ui/app-context.ts'
import { nameOf } from '../ui/format.ts'
import { SessionHeader } from './session-header.tsx'
import { TerminalFrame } from './terminal-frame.tsx'
import { TerminalWord } from './terminal-word.tsx'

export function SessionView({ id }: { readonly id: SessionId }): VNode {
  const { sessions } = useApp()
  const session = sessions.all.value.get(id)
  const terminal = useTerminal(id)
  if (session === undefined) return <Missing id={id} />
  return (
    <section class="view" aria-label={nameOf(session)}>
      <SessionHeader session={session} terminal={terminal} />
      {terminal === undefined ? (
        <div class="terminal-frame" />
      ) : (
        <>
          <TerminalFrame key={id} terminal={terminal} session={session} />
          <TerminalWord session={session} terminal={terminal} />
        </>
      )}
    </section>
  )
}

/** The terminal of a tab: attached when it is shown first, kept until the tab is closed. */
function useTerminal(id: SessionId): SessionTerminal | undefined {
  const { sessions, terminals } = useApp()
  const [terminal, setTerminal] = useState<SessionTerminal | undefined>(terminals.get(id))
  const isKnown = sessions.all.value.has(id)
  useEffect(() => {
    let isCurrent = true
    const session = sessions.get(id)
    if (session === undefined) return undefined
    void terminals.hold(session, 'tab').then((held) => {
      if (isCurrent) setTerminal(held)
    })
    return () => {
      isCurrent = false
    }
  }, [id, isKnown, sessions, terminals])
  return terminal
}

function Missing({ id }: { readonly id: SessionId }): VNode | null {
  const { sessions, places } = useApp()
  // Not listed yet is not missing.
  if (!sessions.isListed.value) return null
  return (
    <section class="view" aria-label="Session not found">
      <div class="terminal-word">
        <strong>This session is not here any more.</strong>
        <span>It was forgotten, or belongs to another machine.</span>
        <button type="button" class="control outlined" onClick={() => places.close(id)}>
          Close tab
        </button>
      </div>
    </section>
  )
}
