// Owns what can be done with a session, wherever it is shown: one menu for sidebar, tabs, headers and blocks.

import type { SessionInfo } from '@limpet/protocol'
import { isInStream, labelText, parseLabels } from '../state/session-facts.ts'
import type { MenuItem, MenuRequest } from '../state/floating.ts'
import type { App } from './app-context.ts'
import { controlItems, sizeItems } from './control-actions.ts'
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
  const groups = [
    goItems(app, session),
    changeItems(app, session, options),
    sharedItems(app, session),
    endItems(app, session),
  ].filter((group) => group.length > 0)
  const items = groups.flatMap((group, index) => (index === 0 ? group : [undefined, ...group]))
  return { title: nameOf(session), items }
}

/** To see it, in one way or the other. */
function goItems(app: App, session: SessionInfo): MenuItem[] {
  const { places, launcher, programs } = app
  const replay = { label: 'Replay', run: () => replaySession(app, session) }
  if (programs.shared.peek() !== undefined) return [replay]
  if (!isInStream(session)) {
    return [{ label: 'Open', run: () => places.go(session.id) }, replay]
  }
  return [
    { label: 'Open as terminal', run: () => places.go(session.id) },
    { label: 'Show in the stream', run: () => showInStream(app, session) },
    replay,
    { label: 'Copy output', run: () => void copyOutput(app, session) },
    ...(programs.hasBar.peek()
      ? [{ label: 'Run again', run: () => void launcher.runAgain(session) }]
      : []),
  ]
}

/** What it is called, and who may see it. */
function changeItems(app: App, session: SessionInfo, { rename }: SessionMenuOptions): MenuItem[] {
  const { programs, sharing } = app
  const mayType = programs.may('type')
  if (programs.shared.peek() !== undefined) return []
  return [
    ...(rename && mayType ? [{ label: 'Rename', run: rename }] : []),
    ...(mayType ? [{ label: 'Labels…', run: () => void askForLabels(app, session) }] : []),
    { label: 'Copy link', run: () => void copyLink(app, session) },
    ...(programs.may('administer')
      ? [{ label: 'Share…', run: () => void sharing.open(session) }]
      : []),
  ]
}

/** Who types, whose size it has: where it is open, as a terminal. */
function sharedItems(app: App, session: SessionInfo): MenuItem[] {
  const terminal = app.terminals.get(session.id)
  const isRunning = session.state === 'running' && session.terminal !== undefined
  if (!isRunning || !app.programs.may('type')) return []
  const control = terminal === undefined ? [] : controlItems(app, terminal)
  const opens = { title: 'Whose size it has', items: sizeItems(app, session) }
  return [
    ...control.filter(({ label }) => !label.startsWith('Hand to')),
    { label: 'Size…', run: () => {}, opens },
  ]
}

function endItems(app: App, session: SessionInfo): MenuItem[] {
  const { launcher, places, programs } = app
  const isDisabled = !programs.may('type')
  const isTab = places.tabs.peek().includes(session.id)
  const isShared = programs.shared.peek() !== undefined
  const close = { label: 'Close tab', run: () => places.close(session.id) }
  if (isShared && isDisabled) return []
  const items: MenuItem[] =
    session.state === 'running'
      ? [
          { label: 'Interrupt', run: () => void launcher.interrupt(session), isDisabled },
          {
            label: 'End…',
            run: () => void endAfterAsking(app, session),
            isDangerous: true,
            isDisabled,
          },
        ]
      : isShared
        ? []
        : [
            {
              label: 'Forget',
              run: () => void launcher.forget(session),
              isDangerous: true,
              isDisabled,
            },
          ]
  return isTab && !isShared ? [...items, close] : items
}

/** Plays its log, from the beginning. */
export function replaySession(app: App, session: SessionInfo): void {
  app.sheet.value = 'work'
  app.replayed.value = session.id
}

/** Labels are words, or label=value, apart by spaces. */
async function askForLabels(app: App, session: SessionInfo): Promise<void> {
  const before = Object.entries(session.labels ?? {})
    .map(([label, value]) => labelText(label, value))
    .join(' ')
  const text = await app.floating.askText({
    title: `Labels of ${nameOf(session)}`,
    body: 'Words, or label=value, apart by spaces. They find it again, here and in `limpet ls`.',
    value: before,
    agree: 'Keep',
  })
  if (text !== undefined) await app.launcher.configure(session, { labels: parseLabels(text) })
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
  if (session.state !== 'running' || !app.programs.may('type')) return app.places.close(session.id)
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
