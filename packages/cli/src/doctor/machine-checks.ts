// Owns the checks of the machine: what Limpet needs of it, tried out rather than believed.

import { execFile } from 'node:child_process'
import { access, constants, open } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { processStart } from '@limpet/link'
import type { Finding, FindingLevel } from './finding.ts'

const LEAST_NODE = [20, 19] as const

/** An orphan that ended is gone from the process table within this time, if anybody reaps it. */
const REAP_DEADLINE_MS = 2000
const REAP_POLL_MS = 20

/** A program that answers at all answers within this time. */
const TRIAL_DEADLINE_MS = 10_000

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

/** In a container, process 1 may be one that never waits for the orphans it inherits. */
async function checkReaper(): Promise<Finding> {
  const check = 'reaper'
  try {
    const { stdout } = await promisify(execFile)('sh', ['-c', 'sleep 0 >/dev/null & echo $!'], {
      timeout: TRIAL_DEADLINE_MS,
    })
    if (await isReaped(Number(stdout))) {
      return { check, level: 'ok', message: 'ended orphans leave the process table' }
    }
  } catch (error) {
    return { check, level: 'warn', message: `not tried: ${String(error)}`, next: 'make sh work' }
  }
  return {
    check,
    level: 'warn',
    message: 'nobody waits for orphans: what sessions leave behind stays as zombies',
    next: 'in a container, start it with an init (docker run --init)',
  }
}

async function isReaped(pid: number): Promise<boolean> {
  const endMs = performance.now() + REAP_DEADLINE_MS
  while (performance.now() < endMs) {
    if (!(await isListed(pid))) return true
    await pause(REAP_POLL_MS)
  }
  return false
}

/** Zombies, too, have a folder in /proc; systems without /proc are asked by signal. */
async function isListed(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return processStart(pid) !== undefined
  return access(`/proc/${pid}`).then(
    () => true,
    () => false,
  )
}
