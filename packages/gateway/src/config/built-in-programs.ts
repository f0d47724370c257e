// Owns the programs that exist when no configuration names any.

import { accessSync, constants } from 'node:fs'
import type { UserInfo } from 'node:os'
import { basename } from 'node:path'
import { DEFAULT_START_ROLES, type Program } from './program.ts'

/** Login shells that only say good-bye. */
const REFUSING_SHELLS = ['nologin', 'false']

/** The program that the run dialect uses. */
export const COMMAND_PROGRAM = 'command'

/** @param user whose shell and home folder; @param shell `$SHELL`, for users that passwd does not know */
export function builtInPrograms(user: UserInfo<string>, shell?: string): readonly Program[] {
  const common = {
    cwd: user.homedir,
    environment: {},
    start: DEFAULT_START_ROLES,
    lifetime: 'kept',
    onEnd: 'kill',
  } as const
  const loginShell = usableShell([user.shell, shell, '/bin/bash', '/bin/sh'])
  return [
    {
      ...common,
      name: COMMAND_PROGRAM,
      description: 'One command line, run by bash.',
      command: ['bash', '-c'],
      accepts: 'line',
      tty: 'either',
    },
    {
      ...common,
      name: 'exec',
      description: 'A program with its arguments, without a shell between.',
      command: [],
      accepts: 'argv',
      tty: 'either',
    },
    {
      ...common,
      name: 'shell',
      description: 'Your login shell in a terminal.',
      title: basename(loginShell),
      command: [loginShell, '-l'],
      accepts: 'nothing',
      tty: 'always',
    },
    {
      ...common,
      name: 'python',
      description: 'Python in a terminal.',
      command: ['python3'],
      accepts: 'nothing',
      tty: 'always',
    },
  ]
}

/**
 * The one program of `limpet serve -- COMMAND…`: a terminal that every visitor opens for themselves.
 * @param cwd where the server was started: what was typed there runs there
 */
export function soleProgram(command: readonly string[], cwd: string): Program {
  const name = basename(command[0] ?? '').replace(/[^\w.-]/g, '_') || 'program'
  return {
    name: name.slice(0, 64),
    description: 'The program that this server was started for.',
    command,
    accepts: 'nothing',
    tty: 'always',
    cwd,
    environment: {},
    start: DEFAULT_START_ROLES,
    lifetime: 'kept',
    onEnd: 'kill',
  }
}

function usableShell(candidates: readonly (string | null | undefined)[]): string {
  return candidates.find((path) => path && isUsable(path)) ?? '/bin/sh'
}

function isUsable(path: string): boolean {
  if (REFUSING_SHELLS.includes(basename(path))) return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // not there or not ours to run: the next candidate
  }
}
