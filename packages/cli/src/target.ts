// Owns which Limpet a command talks to, and the way there: straight to this machine's host, or through a
// gateway anywhere. Before: the options of a command; after: the SDK.

import { fileURLToPath } from 'node:url'
import type { Limpet } from '@limpet/client'
import type { HostLocation } from '@limpet/link'

/** Options that every command has which talks to sessions; flags come before the environment. */
export interface TargetOptions {
  readonly stateDir?: string
  readonly runtimeDir?: string
  /** A gateway's address: instead of this machine's host. */
  readonly url?: string
  readonly token?: string
}

export interface ConnectHow {
  /** Starts this machine's host when none runs. */
  readonly startHost: boolean
  readonly build: string
}

export async function locate(options: TargetOptions): Promise<HostLocation> {
  const { locateHost } = await import('@limpet/link')
  return locateHost({ stateDirectory: options.stateDir, runtimeDirectory: options.runtimeDir })
}

/** @throws LimpetError HOST_UNREACHABLE, UNAUTHENTICATED … why there is no way */
export async function connectTo(options: TargetOptions, how: ConnectHow): Promise<Limpet> {
  const { connect, Limpet } = await import('@limpet/client')
  if (options.url !== undefined) {
    const token = options.token ?? process.env['LIMPET_TOKEN']
    return connect(options.url, token === undefined ? {} : { token })
  }
  const { connectToHost } = await import('@limpet/link')
  const { RIGHTS } = await import('@limpet/protocol')
  const location = await locate(options)
  const dial = async (): Promise<Awaited<ReturnType<typeof connectToHost>>['channel']> => {
    const { channel } = await connectToHost({
      location,
      build: how.build,
      principal: 'owner',
      rights: RIGHTS,
      ...(how.startHost && { startCommand: hostCommand() }),
    })
    return channel
  }
  // A link on one machine is lost only with its host, and nothing of it comes back.
  return Limpet.over(dial, { peer: 'host', reconnect: false })
}

/** argv that runs a host of this very build. */
export function hostCommand(): string[] {
  return [process.execPath, fileURLToPath(hostEntry())]
}

export function hostEntry(): string {
  return import.meta.resolve('@limpet/host/main')
}
