// Owns `limpet stop`: ends the host and all its sessions, also a host that speaks another protocol than we do.

import { isHostAlive, readHostFile, type HostFile } from '@limpet/link'
import { LimpetError } from '@limpet/protocol'
import { setTimeout as pause } from 'node:timers/promises'
import { readVersion } from '../build.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { connectTo, locate, type TargetOptions } from '../target.ts'

/** Sessions take up to 5 s to end, all at once; then the host says good-bye to its links. */
const STOP_DEADLINE_MS = 20_000
const POLL_MS = 20

export async function stop(options: TargetOptions): Promise<number> {
  const ended = await stopHost(options)
  if (ended === undefined) process.stderr.write('No host runs: there is nothing to stop.\n')
  else process.stdout.write(`${ended}\n`)
  return EXIT.ok
}

/** @returns a sentence about what was ended, or undefined when no host runs @throws CommandError NOT_STOPPED */
export async function stopHost(options: TargetOptions): Promise<string | undefined> {
  const { stateDirectory } = await locate(options)
  const host = await readHostFile(stateDirectory)
  if (host === undefined || !isHostAlive(host)) return undefined
  const ended = await askToStop(options, host)
  await waitForEnd(host)
  return `Ended ${ended} and the host (pid ${host.pid}).`
}

/** @returns how many sessions it ends, in words */
async function askToStop(options: TargetOptions, host: HostFile): Promise<string> {
  try {
    const how = { startHost: false, build: readVersion() }
    await using limpet = await connectTo(options, how)
    const { ended } = await limpet.request('host.stop', {}, { deadlineMs: STOP_DEADLINE_MS })
    return ended === 1 ? '1 session' : `${ended} sessions`
  } catch (error) {
    if (!(error instanceof LimpetError)) throw error
    switch (error.code) {
      case 'CONNECTION_LOST':
        return 'all sessions' // it ended faster than its answer travelled
      case 'PROTOCOL_UNSUPPORTED':
      case 'HOST_UNREACHABLE':
        // Every host, of whatever age, ends its sessions on SIGTERM.
        process.kill(host.pid, 'SIGTERM')
        return 'all sessions'
      default:
        throw error
    }
  }
}

async function waitForEnd(host: HostFile): Promise<void> {
  const endMs = performance.now() + STOP_DEADLINE_MS
  while (isHostAlive(host)) {
    if (performance.now() > endMs) {
      const message = `The host (pid ${host.pid}) has not ended within ${STOP_DEADLINE_MS} ms. End it with: kill -9 ${host.pid}`
      throw new CommandError('NOT_STOPPED', message)
    }
    await pause(POLL_MS)
  }
}
