// Owns the proof that a fault leaves nothing in what runs on: descriptors, sockets, zombies, processes and files
// of a fixture are as before. (That nothing is left when it ends, the fixture proves itself.) Linux only.

import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { openDescriptors, processesWith, processFacts } from './process-facts.ts'
import type { Scratch } from './scratch.ts'
import { waitFor } from './waits.ts'

/** What a fault made goes within this time: ended sessions are removed, pipes closed, sockets timed out. */
const SETTLE_DEADLINE_MS = 15_000

/** A fixture whose servers are looked at: startHost's, startLimpet's. */
export interface Watched {
  readonly scratch: Scratch
  /** Of those who run now; they may be others than before. */
  readonly servers: () => Readonly<Record<string, number>>
}

export interface LeakCheck {
  /** Waits until everything is as when the check was made. @throws Error that says what is not */
  expectNone(): Promise<void>
}

interface Holdings {
  /** Of each server: how many descriptors of each kind, and zombies. */
  readonly counts: Readonly<Record<string, number>>
  readonly files: readonly string[]
}

/** Call it when servers and clients are warm, and `expectNone` with the same clients connected. */
export function leakCheck(watched: Watched): LeakCheck {
  const before = holdingsOf(watched)
  const leaks = (): string[] => leaksBetween(before, holdingsOf(watched))
  return {
    async expectNone() {
      await waitFor('everything to be as before', () => leaks().length === 0, {
        deadlineMs: SETTLE_DEADLINE_MS,
        transcript: () => leaks().join('\n'),
      })
    },
  }
}

/** @returns a line for each thing of which there is more than before */
function leaksBetween(before: Holdings, now: Holdings): string[] {
  const more = Object.entries(now.counts).filter(([name, n]) => n > (before.counts[name] ?? 0))
  return [
    ...more.map(([name, n]) => `${name}: ${n}, before ${before.counts[name] ?? 0}`),
    ...now.files.filter((file) => !before.files.includes(file)).map((file) => `file ${file}`),
  ]
}

function holdingsOf({ scratch, servers }: Watched): Holdings {
  const counts: Record<string, number> = {
    processes: processesWith('HOME', scratch.home).length,
    'sockets of the test': openDescriptors(process.pid).filter((to) => to.startsWith('socket:'))
      .length,
  }
  for (const [name, pid] of Object.entries(servers())) {
    counts[`zombies of ${name}`] = processFacts(pid).zombies
    for (const target of openDescriptors(pid)) {
      const key = `${kindOf(target)} of ${name}`
      counts[key] = (counts[key] ?? 0) + 1
    }
  }
  return { counts, files: filesBelow(scratch) }
}

/** "socket", "pipe", "/dev/ptmx" …, a deleted pipe of ours, or a file. */
function kindOf(target: string): string {
  if (target.includes(':[')) return `${target.slice(0, target.indexOf(':['))}s`
  if (/\/pipes-\d+-\w+\/\d+/.test(target)) return 'pipes'
  return target
}

/** The folder of all sessions is made with the first of them, and stays. */
const LASTING = /^state\/sessions$/

/** Of Limpet's own. Prepared pipes have a name until they are used, and come in batches: they are no leak. */
function filesBelow({ stateDirectory, runtimeDirectory }: Scratch): string[] {
  return [stateDirectory, runtimeDirectory].flatMap((root) =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isFIFO())
      .map((entry) => join(relative(join(root, '..'), entry.parentPath), entry.name))
      .filter((path) => !LASTING.test(path) && !/\/pipes-\d+-\w+$/.test(path))
      // A gateway that was started again has another pid, and takes away the file of the one before.
      .map((path) => path.replace(/\/gateways\/\d+\.json$/, '/gateways/PID.json')),
  )
}
