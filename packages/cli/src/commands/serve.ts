// Owns `limpet serve`: the gateway in the foreground. Its end is not the end of any session, unless it is
// ephemeral.

import { setFlagsFromString } from 'node:v8'
import type * as GatewayPackage from '@limpet/gateway'
import type { Gateway, Logger } from '@limpet/gateway'
import { findAssets } from '../assets.ts'
import { readVersion } from '../build.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { signalNumber } from '../exit-status.ts'
import { serveLogger } from '../serve-voice.ts'
import { connectTo, hostCommand, locate, TOKEN_VARIABLE, type TargetOptions } from '../target.ts'

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
  const gatewayPackage = await import('@limpet/gateway')
  // As in the host: collect sooner than V8 would, since serving makes few objects and goes on for weeks.
  setFlagsFromString('--heap-growing-percent=20')
  const isTerminal = process.stderr.isTTY
  const logger = serveLogger(gatewayPackage.createLogger, isTerminal)
  const end = firstSignal()
  const gateway = await start(options, gatewayPackage, logger)
  announce(gateway, options.readyJson)
  await end
  // Nobody new from this moment on; what is counted or ended meanwhile is the host's.
  const closing = gateway.close()
  const farewell = options.ephemeral ? await endAll(options) : await countRunning(options)
  await closing
  if (isTerminal) process.stderr.write(`\n${farewell}\n`)
  else logger.info(farewell)
  return EXIT.ok
}

async function start(
  options: ServeOptions,
  { ConfigError, loadConfig, startGateway }: typeof GatewayPackage,
  logger: Logger,
): Promise<Gateway> {
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
      location: await locate(options),
      token: process.env[TOKEN_VARIABLE],
      hostStartCommand: hostCommand(),
      build: readVersion(),
      logger,
      ...findAssets(),
    })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw isPortInUse(error)
      ? new CommandError('PORT_IN_USE', portInUse(error.problems[0]?.message), { cause: error })
      : new CommandError('CONFIG_INVALID', error.message, { cause: error })
  }
}

function portInUse(message = 'The port is in use.'): string {
  return `${message} Take a free one: limpet serve --listen 127.0.0.1:0`
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
    const isGiven = process.env[TOKEN_VARIABLE] !== undefined
    const place = isGiven ? `the one in ${TOKEN_VARIABLE}` : `in ${tokenPath}`
    process.stdout.write(`Limpet serves at ${url}\nThe token to log in is ${place}\n`)
    return
  }
  const other = alternativeLink === undefined ? '' : `or, the same:   ${alternativeLink}\n`
  process.stdout.write(`Open this link:  ${link}\n${other}Stop with Ctrl-C; sessions go on.\n`)
}

/** The second signal ends us at once, whatever we wait for. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0
    for (const signal of END_SIGNALS) {
      process.on(signal, () => {
        count += 1
        if (count > 1) process.exit(EXIT.signalBase + signalNumber(signal))
        resolve()
      })
    }
  })
}

/** @returns a sentence about what goes on */
async function countRunning(options: ServeOptions): Promise<string> {
  try {
    await using limpet = await connectTo(options, { startHost: false, build: readVersion() })
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
  return (await stopHost(options)) ?? 'No session runs.'
}
