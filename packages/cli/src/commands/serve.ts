// Owns `limpet serve`: the gateway in the foreground. Its end is not the end of any session, unless it is
// ephemeral.

import type { Gateway } from '@limpet/gateway'
import type { HostLocation } from '@limpet/link'
import { findAssets } from '../assets.ts'
import { readVersion } from '../build.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { signalNumber } from '../exit-status.ts'
import { serveLogger } from '../serve-voice.ts'
import { connectTo, hostCommand, locate, type TargetOptions } from '../target.ts'

export interface ServeOptions extends TargetOptions {
  /** `-- COMMAND…`: offer just that. */
  readonly command: readonly string[]
  readonly listen?: string
  readonly config?: string
  readonly publicUrl?: string
  readonly allowRemote?: boolean
  /** The host and all sessions end with the gateway. */
  readonly ephemeral: boolean
  /** One line of JSON once it listens. */
  readonly readyJson: boolean
}

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** @returns 0 once it was told to end @throws CommandError CONFIG_INVALID, PORT_IN_USE */
export async function serve(options: ServeOptions): Promise<number> {
  const location = await locate(options)
  const isTerminal = process.stderr.isTTY
  const end = firstSignal()
  const gateway = await start(options, location, isTerminal)
  announce(gateway, options.readyJson)
  await end
  const farewell = options.ephemeral ? await endAll(options) : await countRunning(options)
  await gateway.close()
  if (isTerminal) process.stderr.write(`\n${farewell}\n`)
  return EXIT.ok
}

async function start(
  options: ServeOptions,
  location: HostLocation,
  isTerminal: boolean,
): Promise<Gateway> {
  const { ConfigError, createLogger, loadConfig, startGateway } = await import('@limpet/gateway')
  try {
    const config = await loadConfig({
      file: options.config,
      listen: options.listen,
      publicUrl: options.publicUrl,
      allowRemote: options.allowRemote,
      only: options.command.length > 0 ? options.command : undefined,
    })
    return await startGateway({
      config,
      location,
      hostStartCommand: hostCommand(),
      build: readVersion(),
      logger: serveLogger(createLogger, isTerminal),
      ...findAssets(),
    })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new CommandError(isPortInUse(error) ? 'PORT_IN_USE' : 'CONFIG_INVALID', error.message, {
      cause: error,
    })
  }
}

function isPortInUse({ cause }: Error): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
}

/** The token is shown to a person, or to a program that asked for it; a log file is neither. */
function announce(gateway: Gateway, readyJson: boolean): void {
  const { url, token, tokenPath, link, alternativeLink, hostPid } = gateway
  if (readyJson) {
    process.stdout.write(`${JSON.stringify({ url, token, pid: process.pid, hostPid })}\n`)
    return
  }
  if (!process.stdout.isTTY) {
    process.stdout.write(`Limpet serves at ${url}\nThe token to log in is in ${tokenPath}\n`)
    return
  }
  const other = alternativeLink === undefined ? '' : `or, the same:   ${alternativeLink}\n`
  process.stdout.write(`Open this link:  ${link}\n${other}Stop with Ctrl-C; sessions go on.\n`)
}

/** The second signal ends us at once, whatever we wait for. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of END_SIGNALS) {
      process.once(signal, () => {
        resolve()
        process.once(signal, () => process.exit(EXIT.signalBase + signalNumber(signal)))
      })
    }
  })
}

/** @returns a sentence about what goes on */
async function countRunning(options: ServeOptions): Promise<string> {
  try {
    await using limpet = await connectTo(withoutGateway(options), {
      startHost: false,
      build: readVersion(),
    })
    const { running } = await limpet.request('host.status', {})
    if (running === 0) return 'No session runs.'
    const sessions = running === 1 ? '1 session still runs' : `${running} sessions still run`
    return `${sessions}. See them with "limpet ls", end them with "limpet stop".`
  } catch {
    return 'The host does not answer: no session runs, as far as can be seen.'
  }
}

/** @returns a sentence about what was ended */
async function endAll(options: ServeOptions): Promise<string> {
  const { stopHost } = await import('./stop.ts')
  return (await stopHost(withoutGateway(options))) ?? 'No session runs.'
}

function withoutGateway(options: ServeOptions): TargetOptions {
  const { stateDir, runtimeDir } = options
  return {
    ...(stateDir !== undefined && { stateDir }),
    ...(runtimeDir !== undefined && { runtimeDir }),
  }
}
