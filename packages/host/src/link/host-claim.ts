// Owns the rule "one host per state directory": of several hosts that start at once, one comes to be.
// `host.json` is the lock; a directory made in one step guards the moment in which it changes hands.

import { mkdir, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isHostAlive, readHostFile, type HostFile } from '@limpet/link'
import type { Clock } from '../base/clock.ts'

/** A guard older than this was left by a process that died in between. */
const GUARD_STALE_MS = 10_000
const GUARD_POLL_MS = 20

/**
 * Runs `takeOver` when no living host holds the state directory, and nobody else takes it meanwhile.
 * @returns the living host's file when there is one; `takeOver` was not run then
 */
export async function claimState(options: {
  readonly stateDirectory: string
  readonly clock: Clock
  readonly takeOver: () => Promise<void>
}): Promise<HostFile | undefined> {
  const { stateDirectory, clock, takeOver } = options
  const guard = join(stateDirectory, 'host.lock')
  while (!(await makeGuard(guard, clock))) await wait(GUARD_POLL_MS)
  try {
    const file = await readHostFile(stateDirectory)
    if (file && isHostAlive(file)) return file
    await takeOver()
    return undefined
  } finally {
    await rmdir(guard)
  }
}

/** @returns false while somebody else holds it */
async function makeGuard(guard: string, clock: Clock): Promise<boolean> {
  try {
    await mkdir(guard, { mode: 0o700 })
    return true
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
  try {
    const { mtimeMs } = await stat(guard)
    if (clock.nowMs() - mtimeMs > GUARD_STALE_MS) await rmdir(guard)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error // ENOENT: it was released between the two calls
  }
  return false
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
