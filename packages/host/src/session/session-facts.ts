// Owns how a session is shown in lists.

import {
  byteOffset,
  type ExitStatus,
  type SessionId,
  type SessionInfo,
  type SizeRuleName,
  type TerminalSize,
} from '@limpet/protocol'
import type { SessionLog } from '../log/index.ts'
import type { KeptPlan } from './kept-plan.ts'
import { MAX_SHOWN_TITLE_LENGTH } from './limits.ts'

export interface SessionFacts {
  readonly session: {
    readonly id: SessionId
    readonly plan: KeptPlan
    readonly startedAt: number
    readonly log: SessionLog
    readonly name: string | undefined
    readonly labels: Readonly<Record<string, string>> | undefined
  }
  readonly size: TerminalSize | undefined
  readonly sizeRule: SizeRuleName
  /** Name of the viewer who alone may type. */
  readonly control: string | undefined
  readonly lastOutputAt: number | undefined
  readonly viewers: number
  readonly pid: number | undefined
  readonly ended: { readonly exit: ExitStatus | undefined; readonly endedAt: number } | undefined
}

export function sessionInfo(facts: SessionFacts): SessionInfo {
  const { session, ended } = facts
  const { plan, log } = session
  return {
    id: session.id,
    program: plan.program,
    title: shownTitle(plan.title),
    cwd: plan.cwd,
    lifetime: plan.lifetime,
    state: stateOf(ended),
    startedAt: session.startedAt,
    keptFrom: byteOffset(log.keptFrom),
    end: byteOffset(log.end),
    isDurable: log.isDurable,
    viewers: facts.viewers,
    ...(session.name === undefined ? {} : { name: session.name }),
    ...(session.labels && { labels: session.labels }),
    ...(facts.size && { terminal: facts.size, sizeRule: facts.sizeRule }),
    ...(facts.control === undefined ? {} : { control: facts.control }),
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    ...(facts.lastOutputAt === undefined ? {} : { lastOutputAt: facts.lastOutputAt }),
    ...(ended && { endedAt: ended.endedAt, ...(ended.exit && { exit: ended.exit }) }),
  }
}

function stateOf(ended: SessionFacts['ended']): SessionInfo['state'] {
  if (ended === undefined) return 'running'
  return ended.exit ? 'ended' : 'lost'
}

/** A command line of 128 KiB must not make the list of sessions larger than a frame. */
function shownTitle(title: string): string {
  if (title.length <= MAX_SHOWN_TITLE_LENGTH) return title
  // Text on the wire has no half surrogate pair.
  return `${title.slice(0, MAX_SHOWN_TITLE_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
