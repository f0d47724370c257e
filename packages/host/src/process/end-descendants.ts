// Owns the ending of what a process left behind: asked first, then forced, within two seconds.
// Before: running-process, after an exit or at the stop of the host; after: the kernel.

import type { DescendantFinder, SessionMark } from './descendants.ts'

/** Asked to end: SIGHUP for shells and daemons, SIGTERM for who ignores it, SIGCONT for who is stopped. */
const REQUEST: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGTERM', 'SIGCONT']

/** Time to end by themselves before SIGKILL. */
const GRACE_MS = 1_000

/** All gone by then, or the kernel does not let us: promised as "within 2 s". */
const DEADLINE_MS = 2_000

/** Pause before the first look at what remains, twice as long each time … */
const FIRST_LOOK_MS = 10
/** … up to this. */
const LAST_LOOK_MS = 160

export interface EndDescendantsOptions {
  readonly finder: DescendantFinder
  readonly clock: {
    nowMs(): number
    startTimer(delayMs: number, run: () => void): () => void
  }
  readonly mark: () => SessionMark
  /** SIGKILL from the first moment. */
  readonly atOnce: boolean
}

/**
 * @returns pids that could not be ended: other users', or stuck in the kernel
 * @throws Error when they could not even be searched for, for want of descriptors
 */
export async function endDescendants(options: EndDescendantsOptions): Promise<readonly number[]> {
  const { finder, clock, mark, atOnce } = options
  const startMs = clock.nowMs()
  const asked = new Set<number>()
  for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * 2, LAST_LOOK_MS)) {
    const found = await finder.find(mark()).catch((error: unknown) => {
      if (clock.nowMs() - startMs >= DEADLINE_MS) throw error
      return undefined
    })
    const elapsedMs = clock.nowMs() - startMs
    if (found !== undefined && (found.length === 0 || elapsedMs >= DEADLINE_MS)) return found
    const isForced = atOnce || elapsedMs >= GRACE_MS
    for (const pid of found ?? []) {
      if (isForced) send(pid, 'SIGKILL')
      else if (!asked.has(pid)) for (const name of REQUEST) send(pid, name)
      asked.add(pid)
    }
    const toGraceMs = GRACE_MS - elapsedMs
    const waitMs = isForced || toGraceMs <= 0 ? lookMs : Math.min(lookMs, toGraceMs)
    await new Promise<void>((resolve) => clock.startTimer(waitMs, resolve))
  }
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended meanwhile, or belongs to another user: then it is among what is returned.
  }
}
