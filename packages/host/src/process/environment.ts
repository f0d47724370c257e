// Owns the last touches to what a process finds in its environment. The set itself comes with the plan:
// from the caller of `limpet run`, or from the gateway's allow-list. Must not know programs.

/** By this variable descendants are found again, wherever they went. */
export const SESSION_VARIABLE: string = 'LIMPET_SESSION'

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

/** Names that clean-exec uses on the way; they never reach a process. */
const RESERVED_PREFIX = '__limpet_'

/** By this variable the watchdog finds what ends with a host. */
export const HOST_VARIABLE: string = 'LIMPET_HOST'

/** What is handed to exec: the plan's environment, the marks of session and host, no shell's own names. */
export function finalEnvironment(
  environment: Readonly<Record<string, string>>,
  sessionId: string,
  hostMark?: string,
): Map<string, string> {
  const entries = Object.entries(environment).filter(
    ([name]) =>
      name !== HOST_VARIABLE && !SHELL_OWNED_NAMES.has(name) && !name.startsWith(RESERVED_PREFIX),
  )
  const hostEntries = hostMark === undefined ? [] : [[HOST_VARIABLE, hostMark] as const]
  return new Map([...entries, [SESSION_VARIABLE, sessionId], ...hostEntries])
}

/** Whether programs started with it write and read UTF-8. */
export function isUtf8Locale(environment: ReadonlyMap<string, string>): boolean {
  const names = ['LC_ALL', 'LC_CTYPE', 'LANG']
  const locale = names.map((name) => environment.get(name)).find((value) => Boolean(value))
  return /\.utf-?8\b/i.test(locale ?? '')
}
