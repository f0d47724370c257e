// Owns who may type into a session, and whose size it has: the menus for it, in header and session menu.

import type { SessionInfo, SizeRuleName } from '@limpet/protocol'
import type { MenuItem } from '../state/floating.ts'
import type { SessionTerminal } from '../terminal/session-terminal.ts'
import type { App } from './app-context.ts'
import { sizeRuleWords, viewerName } from './company-words.ts'

const RULES: readonly SizeRuleName[] = ['latest', 'smallest', 'fixed', 'leader']

/** Take, give back, hand to somebody: what makes sense at this moment. */
export function controlItems(app: App, terminal: SessionTerminal): MenuItem[] {
  const { company, mayType } = terminal
  if (!mayType || terminal.phase.peek().state !== 'live') return []
  const control = company.control.peek()
  const own = ownName(app, terminal)
  const hand = (viewer: string | null): void => void give(app, terminal, viewer)
  return [
    ...(company.isMine.peek()
      ? []
      : [{ label: 'Take control', run: () => hand(terminal.company.self.peek()) }]),
    ...(control === null ? [] : [{ label: 'Let everyone type', run: () => hand(null) }]),
    ...company.others
      .peek()
      .filter(({ id, canType }) => canType && id !== control)
      .map((viewer) => ({
        label: `Hand to ${viewerName(viewer, own)}`,
        run: () => hand(viewer.id),
      })),
  ]
}

/** @param viewer who alone may type from here on; null for all who may */
export async function give(
  app: App,
  terminal: SessionTerminal,
  viewer: string | null,
): Promise<void> {
  try {
    const session = await terminal.opened
    if (viewer === terminal.company.self.peek()) await session.takeControl()
    else await session.giveControl(viewer)
    terminal.xterm.focus()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    app.floating.say(`Could not hand over the keyboard: ${reason}`, 'failed')
  }
}

/** Whose size the terminal has. */
export function sizeItems(app: App, session: SessionInfo): MenuItem[] {
  const { terminal: size, sizeRule = 'latest' } = session
  if (size === undefined) return []
  return RULES.map((rule) => ({
    label: sizeRuleWords(rule, size),
    isChosen: rule === sizeRule,
    run: () =>
      void app.launcher.configure(session, { sizeRule: rule, ...(rule === 'fixed' && { size }) }),
  }))
}

/**
 * What one's own windows are called; empty for who came by a link: whoever else came by it has the same name, and may
 * be somebody else.
 */
export function ownName({ programs }: App, { company }: SessionTerminal): string {
  if (programs.shared.value !== undefined) return ''
  const self = company.self.value
  return company.viewers.value.find(({ id }) => id === self)?.name ?? ''
}
