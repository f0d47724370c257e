// Owns `limpet kill`: ends sessions, and waits until they have.

import type { Limpet, SessionChange } from '@limpet/client'
import type { SessionInfo } from '@limpet/protocol'
import { readVersion } from '../build.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { describeExit } from '../exit-status.ts'
import { findSession, titleOf } from '../find-session.ts'
import { reportError } from '../report-error.ts'
import { connectTo, type TargetOptions } from '../target.ts'

export interface KillOptions extends TargetOptions {
  readonly sessions: readonly string[]
  /** Straight to SIGKILL. */
  readonly force: boolean
}

/** The host's own steps from hang-up to SIGKILL take 5 s. */
const ENDED_DEADLINE_MS = 10_000

/** Ends what can be ended, and reports what can not. @returns 1 when one of them could not */
export async function kill(options: KillOptions): Promise<number> {
  await using limpet = await connectTo(options, { startHost: false, build: readVersion() })
  const sessions = await limpet.sessions()
  const results = await Promise.all(
    options.sessions.map(async (text) => {
      try {
        const session = findSession(sessions, text)
        const ended = await endSession(limpet, session, options.force)
        const exit = ended.exit ? describeExit(ended.exit) : 'ended'
        process.stdout.write(`${titleOf(session)} ${exit}\n`)
        return EXIT.ok
      } catch (error) {
        reportError(error)
        return EXIT.failure
      }
    }),
  )
  return Math.max(...results)
}

async function endSession(
  limpet: Limpet,
  session: SessionInfo,
  force: boolean,
): Promise<SessionInfo> {
  let handle = (_change: SessionChange): void => {}
  let timer: NodeJS.Timeout | undefined
  const ended = new Promise<SessionInfo>((resolve, reject) => {
    handle = (change) => {
      if (change.type === 'exited' && change.session.id === session.id) resolve(change.session)
    }
    timer = setTimeout(() => reject(notEnded(session)), ENDED_DEADLINE_MS)
  })
  const watch = await limpet.watchSessions((change) => handle(change))
  try {
    await limpet.request('session.kill', { session: session.id, force })
    return await ended
  } finally {
    clearTimeout(timer)
    watch.stop()
    ended.catch(() => {}) // when the request itself was refused, nobody waits for this
  }
}

function notEnded(session: SessionInfo): CommandError {
  const seconds = ENDED_DEADLINE_MS / 1000
  return new CommandError(
    'NOT_STOPPED',
    `${titleOf(session)} has not ended within ${seconds} s. See: limpet ls`,
  )
}
