// Owns what the page does by itself: remembers what was seen, lets go of closed tabs, follows links to sessions,
// opens a gateway's only program, names the window.

import { effect } from '@preact/signals'
import type { SessionId } from '@limpet/protocol'
import { parseSessionId } from '@limpet/protocol'
import { sessionInHash } from '../state/places.ts'
import { nameOf } from '../ui/format.ts'
import type { App } from '../ui/app-context.ts'

/** Where the session of a gateway's only program is remembered, so that a reload comes back to it. */
const SOLE_SESSION = 'limpet-sole-session'

/** Runs for as long as the page lives. */
export function followHabits(app: App): void {
  app.connection.watch()
  effect(() => app.terminals.keepTabs(app.places.tabs.value))
  effect(() => markSeen(app))
  effect(() => nameWindow(app))
  // Who goes somewhere else is done with the replay.
  effect(() => {
    void app.places.current.value
    app.replayed.value = undefined
  })
  effect(() => showShared(app))
  const followHash = (): void => {
    const id = sessionInHash(location.hash)
    if (id !== undefined) app.places.go(id)
  }
  window.addEventListener('hashchange', followHash)
  followHash()
  openSoleProgram(app)
}

/** What is in front of somebody is seen; the list tells its end at most once a second. */
function markSeen({ places, sessions, seen, clock }: App): void {
  const place = places.current.value
  // Read so that coming back to the window counts.
  void clock.seconds.value
  if (document.hidden) return
  const shown = place === 'stream' ? sessions.stream.value : [sessions.all.value.get(place)]
  for (const session of shown) if (session !== undefined) seen.markSeen(session)
}

/** A share's link has one place. */
function showShared({ programs, places }: App): void {
  const id = programs.shared.value
  if (id !== undefined) places.go(id)
}

function nameWindow({ places, sessions }: App): void {
  const place = places.current.value
  const session = place === 'stream' ? undefined : sessions.all.value.get(place)
  document.title = session === undefined ? 'Limpet' : `${nameOf(session)} · Limpet`
}

/** `limpet serve -- COMMAND`: each visitor gets a session of it, and comes back to it while it runs. */
function openSoleProgram({ programs, sessions, launcher, places }: App): void {
  let isStarting = false
  effect(() => {
    const program = programs.sole.value
    if (program === undefined || !sessions.isListed.value || isStarting) return
    isStarting = true
    const former = rememberedSession()
    if (former !== undefined && sessions.get(former)?.state === 'running') return places.go(former)
    void launcher.start(program.name).then((id) => {
      if (id !== undefined) sessionStorage.setItem(SOLE_SESSION, id)
    })
    return undefined
  })
}

/** For this window: a second one is a second visitor. */
function rememberedSession(): SessionId | undefined {
  return parseSessionId(sessionStorage.getItem(SOLE_SESSION) ?? '')
}
