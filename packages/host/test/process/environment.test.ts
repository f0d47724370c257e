// What a process finds in its environment, in every form in which it may be started.

import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cleanExec } from '../../src/process/clean-exec.ts'
import { isUtf8Locale, SHELL_OWNED_NAMES } from '../../src/process/environment.ts'
import { Room } from './support.ts'

/** Names that shells, locales or loaders react to, and names that they cannot even spell. */
const ODD = {
  ...{ PATH: '/usr/bin:/bin', PS1: 'one', PS2: 'two', PS4: 'four ', IFS: 'xyz', PWD: '/nowhere' },
  ...{ OLDPWD: '/nowhere else', LC_ALL: 'xx_YY', LC_CTYPE: 'zz', LANG: 'C.UTF-8', ENV: '/etc/e' },
  ...{ RANDOM: '1', SRANDOM: '2', SECONDS: '3', LINENO: '4', BASHPID: '5', EPOCHSECONDS: '6' },
  ...{ BASH: 'b', BASH_VERSION: 'v', BASH_COMMAND: 'c', BASH_SUBSHELL: '7', BASH_ARGV0: 'z' },
  ...{ GROUPS: 'g', DIRSTACK: 'd', FUNCNAME: 'f', HISTCMD: '8', OPTIND: '9', OPTERR: '10' },
  ...{ UID: '77', EUID: '78', COLUMNS: '11', LINES: '12', POSIXLY_CORRECT: '1', TMOUT: '1' },
  ...{ BASH_COMPAT: 'nonsense', BASH_XTRACEFD: '77', GLOBIGNORE: '*', CDPATH: '/', TERM: 'T' },
  ...{
    SSH_CLIENT: '1.2.3.4 5 6',
    HOME: '/',
    a: 'lower',
    'a.b': 'dotted',
    'BASH_FUNC_f%%': '() { :; }',
  },
  ...{ EMPTY: '', EQUALS: 'a=b=c', LINES_OF: 'one\ntwo\n', QUOTES: `'"\`$(id)\\`, NAME: 'ä€😀' },
}

const FORMS = {
  'on pipes': { terminals: 0, plan: { stdin: 'empty' } },
  'on pipes while a terminal is open': { terminals: 1, plan: { stdin: 'empty' } },
  'in a terminal': { terminals: 0, plan: { terminal: { columns: 80, rows: 24 } } },
} as const

describe.each(Object.entries(FORMS))('%s', (_name, { terminals, plan }) => {
  async function environmentOf(room: Room, environment: Record<string, string>) {
    for (let count = 0; count < terminals; count += 1) await room.terminal(['sleep', '100'])
    const argv = ['/usr/bin/env', '-0']
    const watched = await room.start({ argv, environment, sessionId: 'session-1', ...plan })
    expect(await watched.ended()).toMatchObject({ code: 0 })
    expect(watched.text('stderr')).toBe('')
    const entries = watched.text().replaceAll('\r\n', '\n').split('\0').slice(0, -1)
    return Object.fromEntries(
      entries.map((entry) => [
        entry.slice(0, entry.indexOf('=')),
        entry.slice(entry.indexOf('=') + 1),
      ]),
    )
  }

  test('the environment is exactly the plan’s, and LIMPET_SESSION', async () => {
    await using room = new Room()
    expect(await environmentOf(room, ODD)).toEqual({ ...ODD, LIMPET_SESSION: 'session-1' })
    const withLevel = { ...ODD, SHLVL: '5' }
    expect(await environmentOf(room, withLevel)).toEqual({
      ...withLevel,
      LIMPET_SESSION: 'session-1',
    })
  })

  test('an empty environment stays empty', async () => {
    await using room = new Room()
    expect(await environmentOf(room, {})).toEqual({ LIMPET_SESSION: 'session-1' })
  })

  test('names that belong to a shell are left out in every form', async () => {
    await using room = new Room()
    const owned = Object.fromEntries([...SHELL_OWNED_NAMES].map((name) => [name, 'x']))
    const plan = { ...owned, __limpet_file: '/bin/false', LIMPET_SESSION: 'forged', KEPT: 'kept' }
    expect(await environmentOf(room, plan)).toEqual({ KEPT: 'kept', LIMPET_SESSION: 'session-1' })
  })

  test('no start-up file and no exported function runs on the way', async () => {
    await using room = new Room()
    const trap = join(room.directory, '.bashrc')
    writeFileSync(trap, 'echo trapped; echo trapped >&2; exit 1\n')
    const environment = {
      HOME: room.directory,
      BASH_ENV: trap,
      ENV: trap,
      'BASH_FUNC_exec%%': '() { echo trapped; }',
      'BASH_FUNC_export%%': '() { echo trapped; }',
      SSH_CLIENT: '127.0.0.1 1 2',
    }
    expect(await environmentOf(room, environment)).toEqual({
      ...environment,
      LIMPET_SESSION: 'session-1',
    })
  })

  test('argv is exactly the plan’s, from the name of the program on', async () => {
    await using room = new Room()
    for (let count = 0; count < terminals; count += 1) await room.terminal(['sleep', '100'])
    const show = 'cat /proc/$$/cmdline; :'
    const args = [
      '-bash',
      '--norc',
      '-c',
      show,
      '',
      '--',
      '-p',
      '*',
      '$(id)',
      'a b',
      'ä€😀',
      '\'"\\',
    ]
    // A login shell: the name with a dash has no file, so the plan’s PATH gets one.
    symlinkSync('/bin/bash', join(room.directory, '-bash'))
    const environment = { PATH: `${room.directory}:/usr/bin:/bin`, IFS: 'a' }
    const watched = await room.start({ argv: args, environment, ...plan })
    expect(await watched.ended()).toMatchObject({ code: 0 })
    expect(watched.text().split('\0').slice(0, -1)).toEqual(args)
  })
})

test('no value of the environment ever stands in an argument list, which everybody may read', () => {
  const environment = new Map([
    ['TOKEN', 'hidden-value'],
    ['a.b', 'hidden-value'],
  ])
  for (const terminal of ['/dev/pts/1', undefined]) {
    const { args } = cleanExec({ file: '/bin/env', argv: ['env', 'x'], environment, terminal })
    expect(args.slice(-3)).toEqual(['env', '/bin/env', 'x'])
    expect(args.join(' ')).not.toContain('hidden-value')
  }
})

test('a locale is UTF-8 when the strongest variable that is set says so', () => {
  const isUtf8 = (entries: Record<string, string>) => isUtf8Locale(new Map(Object.entries(entries)))
  expect(isUtf8({ LANG: 'C.UTF-8' })).toBe(true)
  expect(isUtf8({ LANG: 'C', LC_CTYPE: 'de_DE.utf8@euro' })).toBe(true)
  expect(isUtf8({ LANG: 'de_DE.UTF-8', LC_ALL: '' })).toBe(true)
  expect(isUtf8({ LANG: 'de_DE.UTF-8', LC_ALL: 'C' })).toBe(false)
  expect(isUtf8({})).toBe(false)
})
