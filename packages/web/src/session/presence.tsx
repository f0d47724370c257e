// Owns how one sees who else is here, and who may type: badges in the header, and a quiet word to screen readers when
// somebody comes or goes.

import type { SessionInfo, Viewer } from '@limpet/protocol'
import { useSignal, useSignalEffect } from '@preact/signals'
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import { useApp, type App } from '../ui/app-context.ts'
import { changeWords, presenceWords, sizeRuleWords, viewerName } from '../ui/company-words.ts'
import { controlItems, ownName, sizeItems } from '../ui/control-actions.ts'
import { Icon } from '../ui/icon.tsx'
import { below } from '../ui/menu.tsx'

/** Those who come and go within this time are told of together, and a reload is not told at all. */
const REST_MS = 1500

export interface PresenceProps {
  readonly session: SessionInfo
  readonly terminal: SessionTerminal
}

export function Presence({ session, terminal }: PresenceProps): VNode {
  const app = useApp()
  const words = presenceWords(terminal.company.others.value, ownName(app, terminal))
  return (
    <>
      {words !== '' && (
        <span class="badge company" title={words}>
          <Icon name="people" /> <span class="one-line">{words}</span>
        </span>
      )}
      <Control terminal={terminal} />
      <Size session={session} terminal={terminal} />
      <Announcement terminal={terminal} />
    </>
  )
}

/** Who may type, when that is a question at all. */
function Control({ terminal }: { readonly terminal: SessionTerminal }): VNode | null {
  const app = useApp()
  const { company } = terminal
  if (terminal.phase.value.state !== 'live') return null
  const isShared = company.others.value.some(({ canType }) => canType)
  // Who came by a link reads "typing"; the menu has the rest.
  const isQuestion = isShared && terminal.mayType && app.programs.shared.value === undefined
  if (company.control.value === null && !isQuestion) return null
  const words = controlWords(app, terminal)
  const tone = company.isMine.value ? 'mine' : company.control.value === null ? '' : 'waiting'
  if (!terminal.mayType) return <span class={`badge control-badge ${tone}`}>{words}</span>
  return (
    <button
      type="button"
      class={`control control-badge ${tone}`}
      aria-haspopup="menu"
      title="Who may type"
      onClick={(event) => {
        const items = controlItems(app, terminal)
        app.floating.menu.value = { title: 'Who may type', items, ...below(event) }
      }}
    >
      <Icon name="keyboard" /> <span class="one-line">{words}</span>
    </button>
  )
}

/** "typing: everyone", "Grace has control". */
export function controlWords(app: App, terminal: SessionTerminal): string {
  const { company } = terminal
  if (company.control.value === null) return 'typing: everyone'
  if (company.isMine.value) return 'you have control'
  const holder: Viewer | undefined = company.holder.value
  const name = holder === undefined ? 'somebody' : viewerName(holder, ownName(app, terminal))
  return `${name} has control`
}

/** The session's grid, where others have a say in it. */
function Size({ session, terminal }: PresenceProps): VNode | null {
  const app = useApp()
  const { columns, rows } = terminal.size.value
  const rule = session.sizeRule ?? 'latest'
  const isShared = terminal.company.others.value.length > 0
  if (!terminal.isTty || !terminal.mayType || session.state !== 'running') return null
  if (!isShared && rule === 'latest') return null
  return (
    <button
      type="button"
      class="control size-badge"
      aria-haspopup="menu"
      aria-label={`${columns} columns, ${rows} rows: ${sizeRuleWords(rule, terminal.size.value)}`}
      title={sizeRuleWords(rule, terminal.size.value)}
      onClick={(event) => {
        const items = sizeItems(app, session)
        app.floating.menu.value = { title: 'Whose size it has', items, ...below(event) }
      }}
    >
      {columns} × {rows}
    </button>
  )
}

function Announcement({ terminal }: { readonly terminal: SessionTerminal }): VNode {
  const app = useApp()
  const words = useSignal('')
  const told = useRef<readonly Viewer[] | undefined>(undefined)
  useSignalEffect(() => {
    const others = terminal.company.others.value
    if (terminal.company.self.value === '') return undefined
    // Who was here before us did not come; who comes the moment after did.
    const before = (told.current ??= others)
    const timer = setTimeout(() => {
      const change = changeWords(before, others, ownName(app, terminal))
      told.current = others
      if (change !== '') words.value = change
    }, REST_MS)
    return () => clearTimeout(timer)
  })
  return (
    <span class="visually-hidden" role="status" aria-label="Who is here">
      {words.value}
    </span>
  )
}
