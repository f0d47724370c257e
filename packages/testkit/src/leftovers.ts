// Owns the proof that a fixture leaves nothing: no process of its own, no socket, no lock.

import { readFileSync } from 'node:fs'
import { processesWith } from './process-facts.ts'
import type { Scratch } from './scratch.ts'
import { waitFor } from './waits.ts'

/** What was told to end has ended within this time. */
const VANISH_DEADLINE_MS = 5000

/** @returns what is still there after a while, a line each; empty when nothing is. Kills it, too. */
export async function findLeftovers(scratch: Scratch): Promise<string> {
  // Its home folder is the mark of a fixture: the gateway and the command line pass it on to every session.
  const processes = (): number[] => processesWith('HOME', scratch.home)
  try {
    await waitFor('the last process to end', () => processes().length === 0, {
      deadlineMs: VANISH_DEADLINE_MS,
    })
  } catch {
    // told below, by name
  }
  const lines = processes().map((pid) => `process ${pid}: ${commandLineOf(pid)}`)
  for (const pid of processes()) process.kill(pid, 'SIGKILL')
  return [...lines, ...(await scratch.leftovers())].join('\n')
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '(ended meanwhile)'
  }
}
