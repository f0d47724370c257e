// Owns what can be done with a session, wherever it is shown: one menu for sidebar, tabs, headers and blocks.

import type { SessionInfo } from '@limpet/protocol'
import { isInStream } from '../state/session-facts.ts'
import type { MenuItem, MenuRequest } from '../state/floating.ts'
import type { App } from './app-context.ts'
import { copyText } from './copy-text.ts'
import { nameOf } from './format.ts'

export interface SessionMenuOptions {
  /** Starts renaming where the session is shown; absent where it has no such place. */
  readonly rename?: () => void
}

export function sessionMenu(
  app: App,
  session: SessionInfo,
  options: SessionMenuOptions = {},
): Omit<MenuRequest, 'x' | 'y'> {
  const { launcher, places, programs } = app
  const isRunning = session.state === 'running'
  const mayType = programs.may('type')
  const isTab = places.tabs.peek().includes(session.id)
  const { rename } = options
  const items: (MenuItem | undefined)[] = [
    { label: isInStream(session) ? 'Open as terminal' : 'Open', run: () => places.go(session.id) },
    ...(isInStream(session)
      ? [{ label: 'Show in the stream', run: () => showInStream(app, session) }]
      : []),
    ...(rename && mayType ? [{ label: 'Rename', run: rename }] : []),
    { label: 'Copy link', run: () => void copyLink(app, session) },
    ...(isInStream(session)
      ? [{ label: 'Copy output', run: () => void copyOutput(app, session) }]
      : []),
    ...(isInStream(session) && programs.hasBar.peek()
      ? [{ label: 'Run again', run: () => void launcher.runAgain(session) }]
      : []),
    undefined,
    ...(isRunning
      ? [
          { label: 'Interrupt', run: () => void launcher.interrupt(session), isDisabled: !mayType },
          {
            label: 'End…',
            run: () => void endAfterAsking(app, session),
            isDangerous: true,
            isDisabled: !mayType,
          },
        ]
      : [
          {
            label: 'Forget',
            run: () => void launcher.forget(session),
            isDangerous: true,
            isDisabled: !mayType,
          },
        ]),
    ...(isTab ? [{ label: 'Close tab', run: () => places.close(session.id) }] : []),
  ]
  return { title: nameOf(session), items }
}

/** Ends a running session when a person has said so; what is in it would be lost. */
export async function endAfterAsking(app: App, session: SessionInfo): Promise<void> {
  const answer = await app.floating.ask({
    title: `End ${nameOf(session)}?`,
    body: 'The program is asked to stop, and killed when it does not. Its output stays.',
    choices: [{ label: 'End it', value: 'end', tone: 'dangerous' }],
  })
  if (answer === 'end') await app.launcher.end(session)
}

/** Alt-W: an ended session's tab just closes; a running one is a question. */
export async function closeOrEnd(app: App, session: SessionInfo): Promise<void> {
  if (session.state === 'ended' || !app.programs.may('type')) return app.places.close(session.id)
  const answer = await app.floating.ask({
    title: `Close ${nameOf(session)}?`,
    body: 'It can run on without this tab; you find it in the list of sessions.',
    choices: [
      { label: 'End it', value: 'end', tone: 'dangerous' },
      { label: 'Close, keep it running', value: 'close', tone: 'primary' },
    ],
  })
  if (answer === undefined) return
  app.places.close(session.id)
  if (answer === 'end') await app.launcher.end(session)
}

/** Goes to a session where it is best seen: a command in the stream, all others as tabs. */
export function goTo(app: App, session: SessionInfo): void {
  if (isInStream(session) && !app.places.tabs.peek().includes(session.id))
    showInStream(app, session)
  else app.places.go(session.id)
}

function showInStream(app: App, session: SessionInfo): void {
  app.places.go('stream')
  app.blocks.wanted.value = session.id
}

export async function copyOutput(app: App, session: SessionInfo): Promise<void> {
  await copyText(app, await app.blocks.text(session), 'Output copied')
}

export async function copyLink(app: App, session: SessionInfo): Promise<void> {
  const link = new URL(`#s=${session.id}`, location.href)
  await copyText(app, link.href, 'Link copied')
}
