// Owns the ending of processes whose host is gone: they are known again by what their host wrote down. After a
// start of the machine the numbers mean others. Must not know sessions.

import { endDescendants } from './end-descendants.ts'
import type { ProcessPorts } from './ports.ts'
import { readProcessEntry } from './proc-stat.ts'
import { signalGroups } from './signals.ts'

export interface ProcessRecord {
  readonly pid: number
  /** When it started, as /proc says, in clock ticks after `boot`. */
  readonly startTicks: number
  /** The machine's start. */
  readonly boot: string
}

/** Nobody has it: then only the mark in the environment counts. */
const NO_LEADER = -1

/**
 * SIGKILL for a process and all its descendants, as far as they still live.
 * @param sessionId value of LIMPET_SESSION
 * @returns pids that could not be ended, after at most 2 s
 */
export async function endRecorded(
  { pid, startTicks, boot }: ProcessRecord,
  sessionId: string,
  ports: ProcessPorts,
): Promise<readonly number[]> {
  const { descendants: finder, clock } = ports
  if (boot === '' || boot !== ports.boot) return []
  const isAlive = (): boolean => readProcessEntry(pid)?.startTicks === startTicks
  if (isAlive()) signalGroups(pid, 'SIGKILL')
  const leader = isAlive() ? pid : NO_LEADER
  const mark = {
    leader,
    startTicks,
    sessionId,
    ranMs: Number.POSITIVE_INFINITY,
    hasExited: !isAlive(),
  }
  return endDescendants({ finder, clock, atOnce: true, mark: () => mark })
}
