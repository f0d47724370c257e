// Owns what the palette offers: sessions to go to, programs to start, actions with their keys, and what was typed as
// a command. Before: the app's lists; after: palette.tsx.

import type { SessionInfo } from '@limpet/protocol'
import { labelOf } from '../state/programs.ts'
import type { AppWithActions } from '../ui/app-context.ts'
import { focusPlace } from '../ui/focus.ts'
import { formatPath, nameOf } from '../ui/format.ts'
import { formatBinding } from '../ui/key-binding.ts'
import { isMac } from '../ui/platform.ts'
import { goTo } from '../ui/session-actions.ts'
import { bestMatches } from './matching.ts'

export interface Entry {
  readonly id: string
  readonly group: string
  readonly label: string
  readonly note?: string
  readonly keys?: string
  readonly session?: SessionInfo
  readonly run: () => void
}

const MAX_SHOWN = 40
const MAX_ENDED = 20

/** What fits the query, best first; everything, in groups, without one. */
export function entriesFor(app: AppWithActions, query: string): readonly Entry[] {
  const { running, earlier } = app.sessions
  const current = app.places.current.value
  const others = running.value.filter(({ id }) => id !== current)
  const all = [
    ...others.map((session) => sessionEntry(app, session)),
    ...programEntries(app),
    ...actionEntries(app),
    ...earlier.value.slice(0, MAX_ENDED).map((session) => sessionEntry(app, session)),
  ]
  const fitting = bestMatches(all, query, ({ label, note }) => `${label} ${note ?? ''}`)
  return [...fitting.slice(0, MAX_SHOWN), ...lineEntry(app, query)]
}

function sessionEntry(app: AppWithActions, session: SessionInfo): Entry {
  return {
    id: session.id,
    group: session.state === 'running' ? 'Running' : 'Earlier',
    label: nameOf(session),
    note: formatPath(session.cwd),
    session,
    run: () => {
      app.sheet.value = 'work'
      goTo(app, session)
      focusPlace()
    },
  }
}

/** Those that have no action, and so no key, of their own. */
function programEntries({ programs, actions, launcher }: AppWithActions): Entry[] {
  return programs.startable.value
    .filter(({ name }) => !actions.some(({ id }) => id === `start-${name}`))
    .map((program) => ({
      id: `program-${program.name}`,
      group: 'Start',
      label: `New ${labelOf(program)}`,
      note: program.description,
      run: () => void launcher.start(program.name),
    }))
}

function actionEntries({ actions }: AppWithActions): Entry[] {
  return actions
    .filter(({ isHidden, isPossible }) => isHidden !== true && isPossible())
    .map(({ id, group, label, keys, run }) => {
      const [binding] = keys
      const shown = binding === undefined ? {} : { keys: formatBinding(binding, isMac()) }
      return { id, group, label, run, ...shown }
    })
}

/** What was typed, as a command: the palette is never a dead end. */
function lineEntry({ programs, places, bar, launcher }: AppWithActions, query: string): Entry[] {
  const line = query.trim()
  if (line === '' || !programs.hasBar.value) return []
  const run = (): void => {
    places.go('stream')
    bar.addLine(line)
    void launcher.runLine(line)
  }
  return [{ id: 'run-line', group: 'Run', label: `Run \`${line}\``, run }]
}
