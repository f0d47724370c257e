// Owns the check that ended orphans leave the process table. In a container, process 1 is often a program that
// never waits for the orphans that it inherits; then whatever sessions leave behind stays as zombies.

import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Finding } from './finding.ts'

/** An orphan that ended is gone within this time, if anybody reaps it. */
const REAP_DEADLINE_MS = 1000
const REAP_POLL_MS = 20

/** A shell that answers at all answers within this time. */
const TRIAL_DEADLINE_MS = 10_000

/** The shell ends first, so that its child becomes an orphan; the child ends at once, too. */
const MAKE_ORPHAN = 'sleep 0 >/dev/null & echo $!'

/** What proc_pid_stat(5) says of an orphan. */
interface OrphanFacts {
  readonly isZombie: boolean
  readonly parent: number
}

export async function checkReaper(): Promise<Finding> {
  const check = 'reaper'
  let orphan: OrphanFacts | undefined
  try {
    const how = { timeout: TRIAL_DEADLINE_MS }
    const { stdout } = await promisify(execFile)('sh', ['-c', MAKE_ORPHAN], how)
    orphan = await waitForEnd(Number(stdout))
  } catch (error) {
    return { check, level: 'warn', message: `not tried: ${String(error)}`, next: 'make sh work' }
  }
  if (orphan === undefined) {
    return { check, level: 'ok', message: 'ended orphans leave the process table' }
  }
  if (!orphan.isZombie) {
    const message = `not known: an orphan had not ended after ${REAP_DEADLINE_MS} ms`
    return { check, level: 'warn', message, next: 'try again when the machine is less busy' }
  }
  const parent = `process ${orphan.parent} (${await nameOf(orphan.parent)})`
  return {
    check,
    level: 'warn',
    message: `${parent} does not wait for orphans: what sessions leave behind stays as zombies`,
    next: 'in a container, start it with an init: docker run --init, or tini before the command',
  }
}

/** @returns undefined once it is gone, else what it is after the deadline */
async function waitForEnd(pid: number): Promise<OrphanFacts | undefined> {
  const endMs = performance.now() + REAP_DEADLINE_MS
  for (;;) {
    const facts = await factsOf(pid)
    if (facts === undefined || performance.now() > endMs) return facts
    await pause(REAP_POLL_MS)
  }
}

async function factsOf(pid: number): Promise<OrphanFacts | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
    // The command's name may hold spaces and parentheses; the last one closes it.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { isZombie: state === 'Z', parent: Number(parent) }
  } catch {
    return undefined // gone, or a system without /proc
  }
}

async function nameOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/comm`, 'utf8').then(
    (name) => name.trim(),
    () => 'unknown', // of another user on a hardened system
  )
}
