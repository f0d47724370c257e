// Owns `limpet ls`: the sessions there are.

import type { SessionInfo } from '@limpet/protocol'
import { readVersion } from '../build.ts'
import { EXIT } from '../command-error.ts'
import { formatAge } from '../duration.ts'
import { describeExit } from '../exit-status.ts'
import { SHORT_ID_LENGTH } from '../find-session.ts'
import { printable } from '../printable.ts'
import { connectTo, locate, type TargetOptions } from '../target.ts'
import { formatTable } from '../text-table.ts'

export interface LsOptions extends TargetOptions {
  /** Ended sessions, too. */
  readonly all: boolean
  readonly json: boolean
}

export async function ls(options: LsOptions): Promise<number> {
  const sessions = await listSessions(options)
  const shown = options.all ? sessions : sessions.filter(({ state }) => state === 'running')
  if (options.json) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`)
  else if (shown.length > 0) process.stdout.write(tableOf(shown))
  else process.stderr.write(nothingToShow(sessions.length))
  return EXIT.ok
}

/** No host means no sessions: none is started for looking. */
async function listSessions(options: LsOptions): Promise<readonly SessionInfo[]> {
  if (options.url === undefined && !(await isHostRunning(options))) return []
  await using limpet = await connectTo(options, { startHost: false, build: readVersion() })
  return await limpet.sessions() // before the link is closed
}

async function isHostRunning(options: TargetOptions): Promise<boolean> {
  const { isHostAlive, readHostFile } = await import('@limpet/link')
  const file = await readHostFile((await locate(options)).stateDirectory)
  return file !== undefined && isHostAlive(file)
}

function tableOf(sessions: readonly SessionInfo[]): string {
  const head = ['ID', 'STATE', 'AGE', 'VIEWERS', 'NAME', 'COMMAND']
  const rows = sessions.map((session) => [
    session.id.slice(0, SHORT_ID_LENGTH),
    session.exit ? describeExit(session.exit) : session.state,
    formatAge(Date.now() - session.startedAt),
    String(session.viewers),
    printable(session.name ?? '-'),
    printable(session.title),
  ])
  return formatTable([head, ...rows], process.stdout.isTTY ? process.stdout.columns : undefined)
}

function nothingToShow(ended: number): string {
  if (ended === 0) return 'No sessions.\n'
  return `No session runs; ${ended} ended: limpet ls --all\n`
}
