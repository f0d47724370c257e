// Owns `limpet share`: links that let others into one session. A gateway makes and keeps them; the command finds
// one that runs, or takes the one that it is told.

import type { Limpet } from '@limpet/client'
import type { ShareInfo } from '@limpet/protocol'
import { readVersion } from '../build.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { formatAge } from '../duration.ts'
import { findSession, SHORT_ID_LENGTH, titleOf } from '../find-session.ts'
import { write } from '../output.ts'
import { printable } from '../printable.ts'
import { connectTo, gatewayOf, type TargetOptions } from '../target.ts'
import { formatTable } from '../text-table.ts'

export interface ShareOptions extends TargetOptions {
  /** Whose; with `list` only these. */
  readonly session?: string
  /** They may also type. */
  readonly type: boolean
  /** For whom. */
  readonly name?: string
  /** How long it holds, in milliseconds. @default the gateway's, 24 h */
  readonly forMs?: number
  readonly list: boolean
  /** A share to take back, by id. */
  readonly revoke?: string
  readonly json: boolean
}

/** What was just made for "2h" is not called "1h" because the answer took its time. */
const TRAVEL_MS = 10_000

export async function share(options: ShareOptions): Promise<number> {
  const { session, list, revoke } = options
  if (!list && revoke === undefined && session === undefined) {
    throw new CommandError('USAGE', 'Which session? Say: limpet share SESSION. See: limpet ls')
  }
  const gateway = { ...options, ...(await gatewayOf(options)) }
  await using limpet = await connectTo(gateway, { startHost: false, build: readVersion() })
  if (revoke !== undefined) await limpet.revokeShare(revoke)
  else if (list) await listShares(limpet, options)
  else await createShare(limpet, options)
  return EXIT.ok
}

/** The link is the output: it goes to stdout, and only there. */
async function createShare(limpet: Limpet, options: ShareOptions): Promise<void> {
  const { session: text = '', type, name, forMs, json } = options
  const session = findSession(await limpet.sessions(), text)
  const created = await limpet.createShare(session.id, {
    role: type ? 'operator' : 'viewer',
    ...(name !== undefined && { name }),
    ...(forMs !== undefined && { forMs }),
  })
  const { id, expiresAt } = created.share
  const what = type ? 'watch and type into' : 'watch'
  const left = formatAge(expiresAt - Date.now() + TRAVEL_MS)
  const note = `who has this link may ${what} ${titleOf(session)} for ${left}`
  process.stderr.write(`limpet: ${note}; take it back with: limpet share --revoke ${id}\n`)
  await write(process.stdout, `${json ? JSON.stringify(created, null, 2) : created.link}\n`)
}

async function listShares(limpet: Limpet, { session, json }: ShareOptions): Promise<void> {
  const sessions = await limpet.sessions()
  const only = session === undefined ? undefined : findSession(sessions, session).id
  const shares = await limpet.listShares(only)
  if (json) return write(process.stdout, `${JSON.stringify(shares, null, 2)}\n`)
  if (shares.length === 0) return void process.stderr.write('No share holds.\n')
  const titles = new Map(sessions.map((info) => [info.id, titleOf(info)]))
  const rows = shares.map((one) => rowOf(one, titles.get(one.session) ?? '(gone)'))
  const head = ['SHARE', 'SESSION', 'ROLE', 'LEFT', 'FOR', 'COMMAND']
  const widthColumns = process.stdout.isTTY ? process.stdout.columns : undefined
  return write(process.stdout, formatTable([head, ...rows], widthColumns))
}

function rowOf({ id, session, role, expiresAt, name }: ShareInfo, title: string): string[] {
  const left = formatAge(expiresAt - Date.now())
  const shortId = session.slice(0, SHORT_ID_LENGTH)
  return [id, shortId, role, left, name === '' ? '-' : printable(name), title]
}
