// Owns the whole configuration of a gateway: options before file before defaults, and the programs that exist.
// Before: the command line; after: main.ts, which starts exactly this.

import { homedir, userInfo, type UserInfo } from 'node:os'
import { dirname, resolve } from 'node:path'
import {
  isLoopback,
  parseListen,
  parsePublicUrl,
  type ListenAddress,
  type PublicUrl,
} from './address.ts'
import { builtInPrograms, soleProgram } from './built-in-programs.ts'
import { ConfigError } from './config-error.ts'
import type { ConfigFile, ProgramEntry } from './config-file.ts'
import { allowedEnvironment } from './environment.ts'
import type { PlanBase } from './launch-plan.ts'
import { DEFAULT_START_ROLES, type Program } from './program.ts'
import { readConfigFile } from './read-config.ts'

const DEFAULT_LISTEN: ListenAddress = { host: '127.0.0.1', port: 7681 }

/** Connections that speak WebSocket at once; each costs a link and up to a window of memory. */
const DEFAULT_WEB_SOCKETS = 1024

/** The same from one remote address, so that no single machine takes all places. */
const DEFAULT_WEB_SOCKETS_PER_ADDRESS = 64

/** Everything a gateway is told. */
export interface GatewayConfig {
  readonly listen: ListenAddress
  readonly publicUrl: PublicUrl | undefined
  readonly isRemoteAllowed: boolean
  readonly programs: readonly Program[]
  readonly planBase: PlanBase
  readonly limits: { readonly webSockets: number; readonly webSocketsPerAddress: number }
}

/** What the command line says; each wins over the file. */
export interface ConfigOptions {
  /** Path of a limpet.yaml; absent: no file is read. */
  readonly file?: string | undefined
  /** "HOST:PORT". */
  readonly listen?: string | undefined
  readonly publicUrl?: string | undefined
  readonly allowRemote?: boolean | undefined
  /** `-- COMMAND…`: offer just this program. */
  readonly only?: readonly string[] | undefined
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv
  /** Where `only` runs. @default process.cwd() */
  readonly cwd?: string
}

/** @throws ConfigError */
export async function loadConfig(options: ConfigOptions = {}): Promise<GatewayConfig> {
  const file = options.file === undefined ? {} : await readConfigFile(options.file)
  const environment = options.environment ?? process.env
  const user = currentUser(environment)
  const config: GatewayConfig = {
    listen: listenOf(options.listen) ?? listenOf(file.listen) ?? DEFAULT_LISTEN,
    publicUrl: publicUrlOf(options.publicUrl ?? file.publicUrl),
    isRemoteAllowed: options.allowRemote ?? file.allowRemote ?? false,
    programs: programsOf(file, { ...options, environment }, user),
    planBase: { environment: allowedEnvironment(environment, user), home: user.homedir },
    limits: {
      webSockets: file.limits?.webSockets ?? DEFAULT_WEB_SOCKETS,
      webSocketsPerAddress: file.limits?.webSocketsPerAddress ?? DEFAULT_WEB_SOCKETS_PER_ADDRESS,
    },
  }
  requireAllowedAddress(config)
  return config
}

/** @throws ConfigError when others could reach an address that was not opened to them by name */
export function requireAllowedAddress({ listen, isRemoteAllowed }: GatewayConfig): void {
  if (isRemoteAllowed || isLoopback(listen.host.toLowerCase())) return
  throw new ConfigError([
    {
      source: '--listen',
      key: 'listen',
      message:
        `${listen.host} can be reached from other machines, and whoever logs in can run anything here. ` +
        'Listen on 127.0.0.1 behind SSH forwarding or a TLS proxy (--public-url), or say --allow-remote.',
    },
  ])
}

/** What is missing when others can reach this gateway; said aloud at every start. */
export function remoteWarnings({ listen, publicUrl }: GatewayConfig): readonly string[] {
  if (isLoopback(listen.host.toLowerCase())) return []
  return [
    ...(publicUrl?.scheme === 'https'
      ? []
      : ['no TLS: the token, every key and every output cross the network readable']),
    'no sandbox: whoever logs in can do everything that your user can do on this machine',
  ]
}

function programsOf(
  file: ConfigFile,
  options: ConfigOptions,
  user: UserInfo<string>,
): readonly Program[] {
  if (options.only !== undefined) {
    if (!options.only[0]) {
      throw new ConfigError([{ source: '--', key: '', message: 'expected a command after it' }])
    }
    return [soleProgram(options.only, options.cwd ?? process.cwd())]
  }
  if (file.programs === undefined) return builtInPrograms(user, options.environment?.['SHELL'])
  const folder = dirname(resolve(options.file ?? ''))
  return Object.entries(file.programs).map(([name, entry]) =>
    programOf(name, entry, { folder, user }),
  )
}

function programOf(
  name: string,
  entry: ProgramEntry,
  { folder, user }: { folder: string; user: UserInfo<string> },
): Program {
  const fromHome = (path: string): string => path.replace(/^~(?=\/|$)/, () => user.homedir)
  const [executable, ...rest] = entry.command
  return {
    name,
    description: entry.description ?? '',
    command: executable === undefined ? [] : [fromHome(executable), ...rest],
    accepts: entry.accepts ?? 'nothing',
    tty: entry.tty ?? 'either',
    cwd: resolve(folder, fromHome(entry.cwd ?? '~')),
    environment: entry.env ?? {},
    start: entry.start ?? DEFAULT_START_ROLES,
    lifetime: entry.lifetime ?? 'kept',
    onEnd: entry.onEnd ?? 'kill',
    ...(entry.retainBytes !== undefined && { retainBytes: entry.retainBytes }),
    ...(entry.keepEndedMs !== undefined && { keepEndedMs: entry.keepEndedMs }),
    ...(entry.sizeRule !== undefined && { sizeRule: entry.sizeRule }),
    ...(entry.labels !== undefined && { labels: entry.labels }),
  }
}

function listenOf(text: string | undefined): ListenAddress | undefined {
  if (text === undefined) return undefined
  const address = parseListen(text)
  if (address) return address
  const message = `expected HOST:PORT, such as 127.0.0.1:7681, got ${JSON.stringify(text)}`
  throw new ConfigError([{ source: '--listen', key: '', message }])
}

function publicUrlOf(text: string | undefined): PublicUrl | undefined {
  if (text === undefined) return undefined
  const url = parsePublicUrl(text)
  if (url) return url
  const message = `expected an http or https URL without query, got ${JSON.stringify(text)}`
  throw new ConfigError([{ source: '--public-url', key: '', message }])
}

/** Users that passwd does not know (containers with a free uid) are made of the environment. */
function currentUser(environment: NodeJS.ProcessEnv): UserInfo<string> {
  try {
    const user = userInfo()
    return { ...user, homedir: environment['HOME'] || user.homedir }
  } catch {
    return {
      username: environment['USER'] ?? 'user',
      uid: process.getuid?.() ?? -1,
      gid: process.getgid?.() ?? -1,
      shell: environment['SHELL'] ?? null,
      homedir: environment['HOME'] || homedir(),
    }
  }
}
