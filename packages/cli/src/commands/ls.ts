// Owns `limpet ls`: the sessions there are.

import type { SessionInfo } from '@limpet/protocol'
import { readVersion } from '../build.ts'
import { EXIT } from '../command-error.ts'
import { formatAge } from '../duration.ts'
import { describeExit } from '../exit-status.ts'
import { SHORT_ID_LENGTH } from '../find-session.ts'
import { formatLabels } from '../labels.ts'
import { write } from '../output.ts'
import { printable } from '../printable.ts'
import { activeAt, selectSessions, type SessionFilter } from '../session-filter.ts'
import { connectTo, hasKeptLogs, isHostRunning, type TargetOptions } from '../target.ts'
import { formatTable } from '../text-table.ts'

export interface LsOptions extends TargetOptions, SessionFilter {
  readonly json: boolean
}

export async function ls(options: LsOptions): Promise<number> {
  const sessions = await listSessions(options)
  const shown = selectSessions(sessions ?? [], options)
  if (options.json) await write(process.stdout, `${JSON.stringify(shown, null, 2)}\n`)
  else if (shown.length > 0) await write(process.stdout, tableOf(shown))
  else process.stderr.write(`${nothingToShow(sessions, options)}\n`)
  return EXIT.ok
}

/**
 * Without a host nothing runs, and none is started for looking, unless past sessions are asked for.
 * @returns undefined when there are past ones that nobody asked for
 */
async function listSessions(options: LsOptions): Promise<readonly SessionInfo[] | undefined> {
  if (options.url === undefined && !(await isHostRunning(options))) {
    if (!(await hasKeptLogs(options))) return []
    if (!options.states.some((state) => state !== 'running')) return undefined
  }
  const how = { startHost: 'for-logs', build: readVersion() } as const
  await using limpet = await connectTo(options, how)
  return await limpet.sessions() // before the link is closed
}

function tableOf(sessions: readonly SessionInfo[]): string {
  const nowMs = Date.now()
  // A column that says nothing takes the place of the command line.
  const hasLabels = sessions.some(({ labels }) => formatLabels(labels) !== '')
  const head = ['ID', 'STATE', 'AGE', 'ACTIVE', 'VIEWERS', 'NAME', ...(hasLabels ? ['LABELS'] : [])]
  const rows = sessions.map((session) => [
    session.id.slice(0, SHORT_ID_LENGTH),
    session.exit ? describeExit(session.exit) : session.state,
    formatAge(nowMs - session.startedAt),
    formatAge(nowMs - activeAt(session)),
    String(session.viewers),
    printable(session.name ?? '-'),
    ...(hasLabels ? [printable(formatLabels(session.labels) || '-')] : []),
    printable(session.title),
  ])
  const widthColumns = process.stdout.isTTY ? process.stdout.columns : undefined
  return formatTable([[...head, 'COMMAND'], ...rows], widthColumns)
}

/** Says where the others are: after a crash, one looks for what is lost. */
function nothingToShow(sessions: readonly SessionInfo[] | undefined, options: LsOptions): string {
  if (sessions === undefined) return 'No session runs. Those that ended: limpet ls --all'
  if (sessions.length === 0) return 'No sessions.'
  const isFiltered = [options.labels, options.program].some((wanted) => wanted !== undefined)
  if (isFiltered || options.states.length > 0) return 'No such session. All: limpet ls --all'
  const lost = sessions.filter(({ state }) => state === 'lost').length
  const ended = sessions.length - lost
  const parts = [ended > 0 && `${ended} ended`, lost > 0 && `${lost} lost with the host`]
  return `No session runs; ${parts.filter(Boolean).join(', ')}: limpet ls --all`
}
