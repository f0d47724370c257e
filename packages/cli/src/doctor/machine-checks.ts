// Owns the checks of the machine: what Limpet needs of it, tried out rather than believed.

import { access, constants, open } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Finding, FindingLevel } from './finding.ts'
import { checkReaper } from './reaper-check.ts'

const LEAST_NODE = [20, 19] as const

interface NeededProgram {
  readonly name: string
  readonly why: string
  readonly level: FindingLevel
  readonly install: string
}

const PROGRAMS: readonly NeededProgram[] = [
  { name: 'bash', why: 'command lines run in it', level: 'fail', install: 'install bash' },
  {
    name: 'setsid',
    why: 'terminal programs start through it',
    level: 'fail',
    install: 'install util-linux',
  },
  { name: 'mkfifo', why: 'pipes are made with it', level: 'fail', install: 'install coreutils' },
  {
    name: 'python3',
    why: 'the program "python" is missing without it',
    level: 'warn',
    install: 'install python3',
  },
]

export async function checkMachine(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  return Promise.all([
    Promise.resolve(checkNode(process.versions.node)),
    ...PROGRAMS.map((program) => checkProgram(program, environment['PATH'] ?? '')),
    checkTerminals(),
    checkReaper(),
  ])
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isEnough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])
  if (isEnough) return { check: 'node', level: 'ok', message: version }
  return {
    check: 'node',
    level: 'fail',
    message: `${version} is too old`,
    next: `install Node ${LEAST_NODE.join('.')} or newer`,
  }
}

async function checkProgram(program: NeededProgram, path: string): Promise<Finding> {
  const { name, why, level, install } = program
  const found = await findInPath(name, path)
  if (found === undefined) {
    return { check: name, level, message: `not found in PATH: ${why}`, next: install }
  }
  return { check: name, level: 'ok', message: found }
}

async function findInPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, name)
    try {
      await access(candidate, constants.X_OK)
      return candidate
    } catch {
      // not in this folder; the next one may have it
    }
  }
  return undefined
}

async function checkTerminals(): Promise<Finding> {
  try {
    const master = await open('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY)
    await master.close()
    return { check: 'terminals', level: 'ok', message: 'a pseudo-terminal could be opened' }
  } catch (error) {
    return {
      check: 'terminals',
      level: 'fail',
      message: `no pseudo-terminal could be opened: ${String(error)}`,
      next: 'mount devpts, or see the limit in /proc/sys/kernel/pty/max',
    }
  }
}
