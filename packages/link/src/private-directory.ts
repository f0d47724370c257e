// Owns the check that makes a directory ours alone. Reaching the host's socket is being its owner, so
// this check is the lock of the whole house: mode 0700, our own uid, no symbolic link.

import { lstat, mkdir } from 'node:fs/promises'
import { LimpetError } from '@limpet/protocol'

const OTHERS = 0o077

/** Makes `path` (and its parents) when it is missing. @throws LimpetError DIRECTORY_UNSAFE */
export async function ensurePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const facts = await lstat(path)
  const mode = facts.mode & 0o777
  const problem = !facts.isDirectory()
    ? 'is not a directory'
    : facts.uid !== process.getuid?.()
      ? `belongs to uid ${facts.uid}, not to you`
      : (mode & OTHERS) !== 0
        ? `is open to others (mode ${mode.toString(8)}); run: chmod 700 ${path}`
        : undefined
  if (problem === undefined) return
  throw new LimpetError('DIRECTORY_UNSAFE', `The directory ${path} ${problem}.`, {
    details: { path, uid: facts.uid, mode: mode.toString(8) },
  })
}
