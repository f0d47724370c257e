// Owns the environment that programs started through a gateway get: an allow-list of the gateway's own,
// never all of it, since secrets live in environments. Must not know programs.

import type { UserInfo } from 'node:os'

/** Passed on when set; `LC_*` as well. */
const ALLOWED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
] as const

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * @param source the gateway's environment
 * @returns a complete environment: PATH, HOME, USER, LOGNAME, SHELL, LANG, TERM and COLORTERM always set.
 *   TERM is set for pipes, too: programs ask whether they have a terminal before they use it
 */
export function allowedEnvironment(
  source: NodeJS.ProcessEnv,
  user: UserInfo<string>,
): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {
    PATH: DEFAULT_PATH,
    HOME: user.homedir,
    USER: user.username,
    LOGNAME: user.username,
    SHELL: user.shell ?? '/bin/sh',
    // Without a UTF-8 locale programs print question marks for everything beyond ASCII.
    LANG: 'C.UTF-8',
  }
  for (const [name, value] of Object.entries(source)) {
    const isAllowed = ALLOWED.some((allowed) => allowed === name) || /^LC_[A-Z]+$/.test(name)
    if (isAllowed && value) environment[name] = value
  }
  return { ...environment, TERM: 'xterm-256color', COLORTERM: 'truecolor' }
}

/** A name that every shell can read; others could hold "=" or a line end. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
}
