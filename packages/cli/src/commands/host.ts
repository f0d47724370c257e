// Owns `limpet host`: the host in the foreground, for service managers and for looking at its log; and waiting
// for one that a service manager has started.

import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readVersion } from '../build.ts'
import { EXIT } from '../command-error.ts'
import { connectTo, hostEntry, locate, type TargetOptions } from '../target.ts'

export interface HostCommandOptions extends TargetOptions {
  /** Time without link and session after which it leaves, in milliseconds, or "never". */
  readonly idleMs?: string
}

/** The longest idle time that the host takes: 24 days. As a service it is started again at once. */
const NEVER_MS = String(2 ** 31 - 1)

/** A host listens within a second or two, on a busy machine. */
const WAIT_DEADLINE_MS = 30_000
const POLL_MS = 50

/** The process lives as long as the host does, and ends with its exit code. */
export async function host(options: HostCommandOptions): Promise<number> {
  const { stateDirectory, runtimeDirectory } = await locate(options)
  const idleMs = options.idleMs === 'never' ? NEVER_MS : options.idleMs
  const idle = idleMs === undefined ? [] : ['--idle-ms', idleMs]
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

/** For ExecStartPost: a service that comes after the host must find it. @throws LimpetError HOST_UNREACHABLE */
export async function waitForHost(options: TargetOptions): Promise<number> {
  const endMs = performance.now() + WAIT_DEADLINE_MS
  for (;;) {
    try {
      const limpet = await connectTo(options, { startHost: false, build: readVersion() })
      await limpet.close()
      return EXIT.ok
    } catch (error) {
      if (performance.now() > endMs) throw error
    }
    await pause(POLL_MS)
  }
}
