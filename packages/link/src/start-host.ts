// Owns starting a host detached from the one who needs it: it outlives the terminal and the gateway.

import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LimpetError } from '@limpet/protocol'
import type { HostLocation } from './location.ts'
import { ensurePrivateDirectory } from './private-directory.ts'

/** Exit code of a host that found another one at work (EX_TEMPFAIL of sysexits.h): no failure for us. */
export const EXIT_HOST_RUNNING = 75

/** A host on its way up. */
export interface StartingHost {
  /** @throws LimpetError HOST_UNREACHABLE when it ended already, with the last line it wrote */
  throwIfFailed(): void
}

/** @param command argv that runs a host */
export async function startHost(
  command: readonly string[],
  location: HostLocation,
): Promise<StartingHost> {
  const { stateDirectory, runtimeDirectory } = location
  await ensurePrivateDirectory(stateDirectory)
  const logPath = join(stateDirectory, 'host.log')
  const [file, ...args] = [
    ...command,
    '--state-dir',
    stateDirectory,
    '--runtime-dir',
    runtimeDirectory,
  ]
  if (file === undefined)
    throw new LimpetError('HOST_UNREACHABLE', 'The command that starts a host is empty.')
  const log = openSync(logPath, 'a', 0o600)
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    env: environmentOfHost(process.env),
  })
  closeSync(log)
  let failure: string | undefined
  child.once('error', (error) => (failure = error.message))
  child.once('exit', (code, signal) => {
    if (code !== EXIT_HOST_RUNNING) failure = `it ended with ${signal ?? `code ${code}`}`
  })
  child.unref()
  return {
    throwIfFailed() {
      if (failure === undefined) return
      const message = `The host could not be started: ${failure}${lastWords(logPath)}`
      throw new LimpetError('HOST_UNREACHABLE', message, {
        details: { command: [...command], logPath },
      })
    },
  }
}

/**
 * The host lives long: what only the gateway needs to know is not left in its environment. Nor are the marks
 * of a session that we may run in ourselves: the host would be ended with it, as its descendant.
 */
function environmentOfHost(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {
    LIMPET_TOKEN: _token,
    LIMPET_SESSION: _session,
    LIMPET_HOST: _host,
    ...rest
  } = environment
  return rest
}

/** @returns the newest line of the log, as the end of a sentence */
function lastWords(path: string): string {
  try {
    return `: ${readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? ''}`
  } catch {
    return '' // the log is gone with its directory; the exit code must do
  }
}
