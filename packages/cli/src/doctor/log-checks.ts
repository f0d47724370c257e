// Owns the check that the logs of sessions can be written: their directory, and the space on its disk. Without,
// they stay in memory, and are lost with the host.

import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Finding } from './finding.ts'

const MEBIBYTE = 2 ** 20

/** Eight sessions that fill their logs of 64 MiB each. */
const ENOUGH_BYTES = 512 * MEBIBYTE

/** @returns a warning at most: Limpet works without a disk, but does not remember */
export async function checkLogs(stateDirectory: string): Promise<Finding> {
  const check = 'logs'
  const folder = await nearestFolder(join(stateDirectory, 'sessions'))
  try {
    const trial = await mkdtemp(join(folder, '.doctor-'))
    try {
      await writeFile(join(trial, 'trial'), 'written\n')
    } finally {
      await rm(trial, { recursive: true })
    }
  } catch (error) {
    const message = `${folder} cannot be written (${codeOf(error)}): logs stay in memory, and are lost with the host`
    return { check, level: 'warn', message, next: `df ${folder}; ls -ld ${folder}` }
  }
  const { bavail, bsize } = await statfs(folder)
  const free = `${folder} is writable, ${formatBytes(bavail * bsize)} are free`
  if (bavail * bsize >= ENOUGH_BYTES) return { check, level: 'ok', message: free }
  const next = 'make room, or keep less of each session: limpet run --retain'
  return { check, level: 'warn', message: `${free}: logs may soon stay in memory only`, next }
}

/** @returns the folder itself, or the nearest one above it that there is: it is made when needed */
async function nearestFolder(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    const isThere = await statfs(folder).then(
      () => true,
      () => false, // not made yet
    )
    if (isThere || folder === dirname(folder)) return folder
  }
}

function formatBytes(bytes: number): string {
  const isLarge = bytes >= 1024 * MEBIBYTE
  return isLarge
    ? `${(bytes / (1024 * MEBIBYTE)).toFixed(1)} GiB`
    : `${Math.floor(bytes / MEBIBYTE)} MiB`
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
