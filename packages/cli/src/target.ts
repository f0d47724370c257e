// Owns which Limpet a command talks to, and the way there: straight to this machine's host, or through a
// gateway anywhere. Before: the options of a command; after: the SDK.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Limpet } from '@limpet/client'
import type { HostLocation } from '@limpet/link'
import { LimpetError, type Right } from '@limpet/protocol'
import { CommandError } from './command-error.ts'

/** The token of a gateway, given to it or to those who talk to it. */
export const TOKEN_VARIABLE = 'LIMPET_TOKEN'

/** Options that every command has which talks to sessions; flags come before the environment. */
export interface TargetOptions {
  readonly stateDir?: string
  readonly runtimeDir?: string
  /** A gateway's address: instead of this machine's host. */
  readonly url?: string
  readonly token?: string
}

export interface ConnectHow {
  /** Starts this machine's host when none runs; "for-logs": if earlier ones have left logs to read. */
  readonly startHost: boolean | 'for-logs'
  readonly build: string
  /** What the host lets us do; a gateway decides by itself. @default all */
  readonly rights?: readonly Right[]
  /** Connects again to a host that comes back after a crash; through a gateway, always. @default false */
  readonly reconnect?: boolean
}

export async function locate(options: TargetOptions): Promise<HostLocation> {
  const { locateHost } = await import('@limpet/link')
  return locateHost({ stateDirectory: options.stateDir, runtimeDirectory: options.runtimeDir })
}

/** @throws LimpetError HOST_UNREACHABLE, UNAUTHENTICATED … why there is no way */
export async function connectTo(options: TargetOptions, how: ConnectHow): Promise<Limpet> {
  const { connect, Limpet } = await import('@limpet/client')
  if (options.url !== undefined) {
    const token = await tokenFor(options.url, options)
    return connect(options.url, token === undefined ? {} : { token })
  }
  const { connectToHost } = await import('@limpet/link')
  const { RIGHTS } = await import('@limpet/protocol')
  const location = await locate(options)
  const { rights = RIGHTS, reconnect = false } = how
  let hasDialled = false
  const dial = async (): Promise<Awaited<ReturnType<typeof connectToHost>>['channel']> => {
    const startHost = how.startHost === 'for-logs' ? await hasKeptLogs(options) : how.startHost
    if (hasDialled && !startHost && !(await isHostRunning(options))) throw hostGone()
    const { channel } = await connectToHost({
      location,
      build: how.build,
      principal: 'owner',
      rights,
      ...(startHost && { startCommand: hostCommand() }),
    })
    hasDialled = true
    return channel
  }
  // A link on one machine is lost only with its host: of what ran, nothing but the log comes back.
  return Limpet.over(dial, { peer: 'host', reconnect, rights })
}

/** Whether sessions of this machine's hosts, of whatever age, have left logs. */
export async function hasKeptLogs(options: TargetOptions): Promise<boolean> {
  const { stateDirectory } = await locate(options)
  const names = await readdir(join(stateDirectory, 'sessions')).catch(() => []) // none was ever kept
  return names.length > 0
}

export async function isHostRunning(options: TargetOptions): Promise<boolean> {
  const { isHostAlive, readHostFile } = await import('@limpet/link')
  const file = await readHostFile((await locate(options)).stateDirectory)
  return file !== undefined && isHostAlive(file)
}

/** No retry can mend it: nobody starts another host, and it has left nothing to read. */
function hostGone(): LimpetError {
  return new LimpetError('SESSION_NOT_FOUND', 'The host has ended, and has left no logs.')
}

/**
 * Flag, then what the link itself carries, then environment, then the file of this machine's own gateway, which
 * is told to nobody else.
 */
async function tokenFor(url: string, options: TargetOptions): Promise<string | undefined> {
  if (options.token !== undefined) return options.token
  // A link that carries its token is a flag, too; the SDK takes it from there.
  if (url.includes('#')) return undefined
  const given = process.env[TOKEN_VARIABLE]
  if (given !== undefined || !isLoopback(url)) return given
  return ownToken(options)
}

/** @returns undefined when no gateway was ever started here */
async function ownToken(options: TargetOptions): Promise<string | undefined> {
  const { stateDirectory } = await locate(options)
  try {
    return (await readFile(join(stateDirectory, 'token'), 'utf8')).trim()
  } catch {
    return undefined // the gateway says what it wants
  }
}

/** For what only a gateway does. @returns the one that was named, else one that runs here @throws CommandError NO_GATEWAY */
export async function gatewayOf(
  options: TargetOptions,
): Promise<{ readonly url: string; readonly token?: string }> {
  const { url } = options
  if (url !== undefined) return { url }
  const { runningGateways } = await import('@limpet/gateway')
  const { stateDirectory } = await locate(options)
  const newest = (await runningGateways(stateDirectory)).at(-1)
  if (newest === undefined) {
    const message = `No gateway runs for ${stateDirectory}. Start one with: limpet serve (or name one with --url)`
    throw new CommandError('NO_GATEWAY', message)
  }
  // Its address may be a public one, but it is ours: its token lies in our state directory.
  const token = options.token ?? process.env[TOKEN_VARIABLE] ?? (await ownToken(options))
  return { url: newest.url, ...(token !== undefined && { token }) }
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { hostname } = new URL(url)
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}

/**
 * V8 lets its young generation grow to 48 MiB before it cleans up. The host lives for weeks and makes few
 * objects (output is moved, not copied), so 2 MiB halves are enough: measured after 4 000 short commands,
 * 75 MiB resident instead of 100, at the same speed.
 */
const YOUNG_GENERATION = '--max-semi-space-size=2'

/** argv that runs a host of this very build. */
export function hostCommand(): string[] {
  return [process.execPath, YOUNG_GENERATION, fileURLToPath(hostEntry())]
}

export function hostEntry(): string {
  return import.meta.resolve('@limpet/host/main')
}
