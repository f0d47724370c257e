// Owns `limpet host`: the host in the foreground, for service managers and for looking at its log.

import { fileURLToPath } from 'node:url'
import { hostEntry, locate, type TargetOptions } from '../target.ts'

export interface HostCommandOptions extends TargetOptions {
  /** Time without link and session after which it leaves, in milliseconds. */
  readonly idleMs?: string
}

/** The process lives as long as the host does, and ends with its exit code. */
export async function host(options: HostCommandOptions): Promise<number> {
  const { stateDirectory, runtimeDirectory } = await locate(options)
  const idle = options.idleMs === undefined ? [] : ['--idle-ms', options.idleMs]
  const entry = hostEntry()
  // The host reads its own command line.
  process.argv = [
    process.execPath,
    fileURLToPath(entry),
    '--state-dir',
    stateDirectory,
    '--runtime-dir',
    runtimeDirectory,
    ...idle,
  ]
  await import(entry)
  if (process.exitCode !== undefined) return Number(process.exitCode)
  return new Promise(() => {}) // the host itself calls `exit`
}
