// Owns the turn of several gateways that change one file: a lock file beside it, held for one read and write.

import { open, rename, rm, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { FILE_LOCK_POLL_MS, FILE_LOCK_STALE_MS } from '../limits.ts'

/** Runs `change` while nobody else who asks for the same lock does. @param path of the lock file */
export async function withFileLock<T>(
  path: string,
  clock: Clock,
  change: () => Promise<T>,
): Promise<T> {
  await acquire(path, clock)
  try {
    return await change()
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string, clock: Clock): Promise<void> {
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.close()
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    await takeAwayIfStale(path, clock)
    await wait(FILE_LOCK_POLL_MS)
  }
}

/** A holder that died leaves its lock. Renaming it first makes sure that only one of several takes it away. */
async function takeAwayIfStale(path: string, clock: Clock): Promise<void> {
  try {
    // Wall clocks on both sides: when somebody sets it, we wait a little or take a turn too early, once.
    const { mtimeMs } = await stat(path)
    if (Math.abs(clock.wallMs() - mtimeMs) < FILE_LOCK_STALE_MS) return
    const taken = `${path}.stale.${process.pid}`
    await rename(path, taken)
    await rm(taken, { force: true })
  } catch {
    // The holder let go, or another waiter was quicker: the next try tells.
  }
}
