// Owns where a host lives: its state directory (which it is the one host of) and the runtime directory
// in which its socket lies.

import { createHash } from 'node:crypto'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { LimpetError } from '@limpet/protocol'
import { MAX_SOCKET_PATH_BYTES } from './limits.ts'

/** Two absolute paths that name a host of this machine. */
export interface HostLocation {
  /** Kept over restarts: logins, token, logs. */
  readonly stateDirectory: string
  /** Gone after a reboot: sockets. */
  readonly runtimeDirectory: string
}

/**
 * Flags come before the environment, the environment before the defaults of the XDG base directory
 * specification.
 * @default stateDirectory `$XDG_STATE_HOME/limpet`, else `~/.local/state/limpet`
 * @default runtimeDirectory `$XDG_RUNTIME_DIR/limpet`, else `limpet-<uid>` in the temporary folder
 */
export function locateHost(
  options: {
    stateDirectory?: string | undefined
    runtimeDirectory?: string | undefined
    environment?: NodeJS.ProcessEnv
  } = {},
): HostLocation {
  const environment = options.environment ?? process.env
  const stateHome = environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state')
  const runtimeHome = environment['XDG_RUNTIME_DIR']
  const defaultRuntime = runtimeHome
    ? join(runtimeHome, 'limpet')
    : join(tmpdir(), `limpet-${userInfo().uid}`)
  return {
    stateDirectory: resolve(
      options.stateDirectory || environment['LIMPET_STATE_DIR'] || join(stateHome, 'limpet'),
    ),
    runtimeDirectory: resolve(
      options.runtimeDirectory || environment['LIMPET_RUNTIME_DIR'] || defaultRuntime,
    ),
  }
}

/** The socket's path: several state directories may share a runtime directory. @throws LimpetError */
export function hostSocketPath(location: HostLocation): string {
  const key = createHash('sha256').update(location.stateDirectory).digest('hex').slice(0, 16)
  const path = join(location.runtimeDirectory, `host-${key}.sock`)
  const bytes = Buffer.byteLength(path)
  if (bytes <= MAX_SOCKET_PATH_BYTES) return path
  throw new LimpetError(
    'DIRECTORY_UNSAFE',
    `The socket path ${path} has ${bytes} bytes; the system takes ${MAX_SOCKET_PATH_BYTES}. ` +
      'Choose a shorter runtime directory with --runtime-dir.',
    { details: { path, bytes, limitBytes: MAX_SOCKET_PATH_BYTES } },
  )
}
