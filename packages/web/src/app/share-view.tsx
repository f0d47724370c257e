// Owns the page of those who came by a share's link: its one session, full size, and nothing else; or the words that
// the link does not hold any more.

import type { SessionId } from '@limpet/protocol'
import type { VNode } from 'preact'
import { SessionView } from '../session/session-view.tsx'
import { useApp } from '../ui/app-context.ts'
import { ConnectionAnnouncement, OfflineBadge } from '../ui/connection-words.tsx'
import { Logo } from '../ui/icon.tsx'
import { ReplayPlace } from './replay-place.tsx'

export function ShareView({ id }: { readonly id: SessionId }): VNode {
  const { replayed, sessions } = useApp()
  const session = sessions.all.value.get(id)
  const isReplayed = replayed.value === id && session !== undefined
  return (
    <div class="page alone shared">
      <main class="main">
        <OfflineBadge floats />
        <ConnectionAnnouncement />
        {isReplayed ? <ReplayPlace session={session} /> : <SessionView id={id} />}
      </main>
    </div>
  )
}

/** The link is wrong, its time is over, or it was taken back. */
export function ShareOver(): VNode {
  const { connection } = useApp()
  return (
    <main class="login">
      <div class="words">
        <Logo />
        <h1>This link does not let you in any more</h1>
        <p>Its time is over, or it was taken back. Ask whoever sent it for a new one.</p>
        {connection.refusal.value !== undefined && <p class="reason">{connection.refusal.value}</p>}
      </div>
    </main>
  )
}
