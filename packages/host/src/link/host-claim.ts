// Owns the rule "one host per state directory": of several hosts that start at once, one comes to be.
// `host.json` is the lock, and the socket is one, too, since the file may be deleted by hand; a directory made in one
// step guards the moment in which they change hands.

import { mkdir, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isHostAlive, probeHost, readHostFile, writeHostFile, type HostFile } from '@limpet/link'
import type { Clock } from '../base/clock.ts'

/** A guard older than this was left by a process that died in between. */
const GUARD_STALE_MS = 10_000
const GUARD_POLL_MS = 20

export interface ClaimOptions {
  readonly stateDirectory: string
  readonly socketPath: string
  readonly clock: Clock
  readonly takeOver: () => Promise<void>
}

/**
 * Runs `takeOver` when no living host holds the state directory, and nobody else takes it meanwhile.
 * @returns the living host when there is one; `takeOver` was not run then
 */
export async function claimState(
  options: ClaimOptions,
): Promise<Pick<HostFile, 'pid' | 'build'> | undefined> {
  const { stateDirectory, socketPath, clock, takeOver } = options
  const guard = join(stateDirectory, 'host.lock')
  let inode: number | undefined
  while ((inode = await makeGuard(guard, clock)) === undefined) await wait(GUARD_POLL_MS)
  try {
    const file = await readHostFile(stateDirectory)
    if (file && isHostAlive(file)) return file
    const listening = await probeHost(socketPath)
    if (listening) return listening
    await takeOver()
    return undefined
  } finally {
    await release(guard, inode)
  }
}

/**
 * Makes sure that we can be found: our file may have been deleted by hand.
 * @returns renewed: it was written again. lost: another living host has taken our place
 */
export async function renewClaim(
  stateDirectory: string,
  own: HostFile,
): Promise<'held' | 'renewed' | 'lost'> {
  const file = await readHostFile(stateDirectory)
  if (file?.pid === own.pid && file.processStart === own.processStart) return 'held'
  if (file && isHostAlive(file)) return 'lost'
  await writeHostFile(stateDirectory, own)
  return 'renewed'
}

/** @returns what tells our guard from another's; undefined while somebody else holds it */
async function makeGuard(guard: string, clock: Clock): Promise<number | undefined> {
  if (await makeDirectory(guard)) return (await stat(guard)).ino
  if (!(await isStale(guard, clock))) return undefined
  // Two who found it stale must not both remove it: the second would remove the guard that the first has made
  // since. So it is looked at again by one at a time.
  const breaker = `${guard}.breaking`
  if (!(await makeDirectory(breaker))) {
    if (await isStale(breaker, clock)) await removeDirectory(breaker)
    return undefined
  }
  try {
    if (await isStale(guard, clock)) await removeDirectory(guard)
  } finally {
    await removeDirectory(breaker)
  }
  return undefined
}

/** Not another's: ours was taken for stale when we stood still for long. */
async function release(guard: string, inode: number): Promise<void> {
  const facts = await stat(guard).catch(() => undefined) // gone: nothing to release
  if (facts?.ino === inode) await removeDirectory(guard)
}

/** In either direction: the clock may have been set back since. */
async function isStale(path: string, clock: Clock): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined) // gone: it was released meanwhile
  return facts !== undefined && Math.abs(clock.nowMs() - facts.mtimeMs) > GUARD_STALE_MS
}

/** @returns false when it is there already */
async function makeDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 })
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

async function removeDirectory(path: string): Promise<void> {
  try {
    await rmdir(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error // somebody was faster
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
