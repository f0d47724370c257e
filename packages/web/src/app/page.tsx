// Owns the page: sidebar, tabs, and the one place in front. Before: app.tsx decides that somebody is logged in.

import type { VNode } from 'preact'
import { BottomBar, PhoneTop } from '../phone/phone-bars.tsx'
import { SessionView } from '../session/session-view.tsx'
import { Sidebar } from '../sidebar/sidebar.tsx'
import { StreamView } from '../stream/stream-view.tsx'
import { useApp } from '../ui/app-context.ts'
import { ConnectionAnnouncement, OfflineBadge } from '../ui/connection-words.tsx'
import { ReplayPlace } from './replay-place.tsx'
import { ShareView } from './share-view.tsx'
import { Tabs } from './tabs.tsx'

export function Page(): VNode {
  const { places, programs, sheet, replayed, sessions } = useApp()
  const place = places.current.value
  const shared = programs.shared.value
  if (shared !== undefined) return <ShareView id={shared} />
  const replay = replayed.value === undefined ? undefined : sessions.all.value.get(replayed.value)
  // A gateway for one program has nothing to list: the program is the page.
  const isAlone = programs.sole.value !== undefined
  return (
    <div class={`page ${isAlone ? 'alone' : ''}`} data-sheet={sheet.value}>
      {!isAlone && <PhoneTop />}
      {!isAlone && <Sidebar />}
      <main class="main">
        {!isAlone && <Tabs />}
        <OfflineBadge floats />
        <ConnectionAnnouncement />
        {replay !== undefined ? (
          <ReplayPlace key={replay.id} session={replay} />
        ) : place === 'stream' ? (
          isAlone ? (
            <div />
          ) : (
            <StreamView />
          )
        ) : (
          <SessionView key={place} id={place} />
        )}
      </main>
      {!isAlone && <BottomBar />}
    </div>
  )
}
