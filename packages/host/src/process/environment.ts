// Owns what a process finds in its environment: the clean set for sessions that get none from a caller,
// and the last touches that every process gets. Must not know programs or their configuration.

/** Names of a base environment that sessions get; everything else (tokens, agents, editors) stays out. */
const ALLOWED_NAMES: ReadonlySet<string> = new Set(
  [
    'HOME USER LOGNAME SHELL PATH TMPDIR TZ LANG LANGUAGE',
    'XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME',
    'XDG_CONFIG_DIRS XDG_DATA_DIRS',
  ].flatMap((line) => line.split(' ')),
)

/** A bare environment still finds the system's programs. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Without a locale Python, Perl and many more fall back to ASCII. */
const DEFAULT_LOCALE = 'C.UTF-8'

/**
 * Names that belong to whichever shell runs at the moment. Terminals are started through bash, which keeps
 * these read-only; so that a process never depends on how it was started, no process gets them.
 */
export const SHELL_OWNED_NAMES: ReadonlySet<string> = new Set(
  [
    '_ SHELLOPTS BASHOPTS PPID PIPESTATUS BASH_VERSINFO',
    'BASH_ARGC BASH_ARGV BASH_LINENO BASH_SOURCE',
  ].flatMap((line) => line.split(' ')),
)

export interface CleanEnvironmentOptions {
  /** Pipes say TERM=dumb: the honest word for "no colours, no cursor", and quieter than none at all. */
  readonly isTerminal: boolean
  /** Added last, stronger than everything else. */
  readonly extra?: Readonly<Record<string, string>> | undefined
}

/**
 * The environment of a session that brings none of its own: the allowed names of `base` and every LC_*,
 * PATH and LANG always, TERM and COLORTERM as the kind of session wants it.
 */
export function cleanEnvironment(
  base: Readonly<Record<string, string | undefined>>,
  options: CleanEnvironmentOptions,
): Record<string, string> {
  const allowed = Object.entries(base).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (ALLOWED_NAMES.has(entry[0]) || entry[0].startsWith('LC_')),
  )
  const environment = Object.fromEntries(allowed)
  return {
    ...environment,
    PATH: environment['PATH'] || DEFAULT_PATH,
    LANG: environment['LANG'] || DEFAULT_LOCALE,
    ...(options.isTerminal ? { TERM: 'xterm-256color', COLORTERM: 'truecolor' } : { TERM: 'dumb' }),
    ...options.extra,
  }
}

/** By this variable descendants are found again, wherever they went. */
export const SESSION_VARIABLE: string = 'LIMPET_SESSION'

/** Names that clean-exec uses on the way; they never reach a process. */
export const RESERVED_PREFIX: string = '__limpet_'

/** What is handed to exec: the plan's environment, the session's mark, no shell's own names. */
export function finalEnvironment(
  environment: Readonly<Record<string, string>>,
  sessionId: string,
): Map<string, string> {
  const entries = Object.entries(environment).filter(
    ([name]) => !SHELL_OWNED_NAMES.has(name) && !name.startsWith(RESERVED_PREFIX),
  )
  return new Map([...entries, [SESSION_VARIABLE, sessionId]])
}

/** Whether programs started with it write and read UTF-8. */
export function isUtf8Locale(environment: ReadonlyMap<string, string>): boolean {
  const names = ['LC_ALL', 'LC_CTYPE', 'LANG']
  const locale = names.map((name) => environment.get(name)).find((value) => Boolean(value))
  return /\.utf-?8\b/i.test(locale ?? '')
}
