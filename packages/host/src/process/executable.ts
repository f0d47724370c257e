// Owns the look-up of what a plan wants to run, and of where: as execvp(3) does it, but before anything is
// spawned, so that a missing program is an error with a code and not an exit status of 127.

import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { LimpetError } from '@limpet/protocol'
import type { ProcessPlan } from './process-plan.ts'

/** Linux reads no further for "#!" and what follows (BINPRM_BUF_SIZE). */
const FIRST_LINE_BYTES = 256

/** What execvp(3) of glibc searches when PATH is not set. */
const DEFAULT_PATH = '/bin:/usr/bin'

/**
 * The file that `plan.argv[0]` means: with a slash a path from `cwd`, without one a file of the plan's PATH.
 * @returns an absolute path
 * @throws LimpetError EXECUTABLE_NOT_FOUND
 */
export function findExecutable(plan: Pick<ProcessPlan, 'argv' | 'cwd' | 'environment'>): string {
  const name = plan.argv[0] ?? ''
  const path = plan.environment['PATH'] ?? DEFAULT_PATH
  if (name.includes('/')) {
    const file = from(plan.cwd, name)
    if (fault(file) === undefined) return file
  } else {
    const file = searchExecutable(name, path, plan.cwd)
    if (file !== undefined) return file
  }
  const details = { argv0: name, cwd: plan.cwd, path }
  throw new LimpetError('EXECUTABLE_NOT_FOUND', explain(name, plan.cwd), { details })
}

/**
 * @param path directories with `:` between them; an empty one is `cwd`
 * @returns the absolute path of the first executable file of that name
 */
export function searchExecutable(name: string, path: string, cwd: string): string | undefined {
  if (name === '') return undefined
  return path
    .split(':')
    .map((directory) => from(cwd, directory === '' ? name : `${directory}/${name}`))
    .find((file) => fault(file) === undefined)
}

/** Not path.resolve: behind a symbolic link "a/.." is not where it was. */
function from(cwd: string, path: string): string {
  return isAbsolute(path) ? path : `${cwd}/${path.replace(/^(?:\.\/+)+/, '')}`
}

/**
 * The program that a script's first line names, when it is not there; exec would only say ENOENT, and
 * in a terminal only to whoever looks.
 */
export function missingInterpreter(file: string, cwd: string): string | undefined {
  const interpreter = /^#![ \t]*([^ \t\n]+)/.exec(firstLine(file))?.[1]
  if (interpreter === undefined || fault(from(cwd, interpreter)) === undefined) return undefined
  return interpreter
}

function firstLine(file: string): string {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const buffer = Buffer.alloc(FIRST_LINE_BYTES)
      return buffer.toString('latin1', 0, readSync(descriptor, buffer))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // A program may be executable and not readable.
    return ''
  }
}

/** @throws LimpetError WORKING_DIRECTORY_UNUSABLE */
export function checkWorkingDirectory(cwd: string): void {
  const problem = directoryFault(cwd)
  if (problem === undefined) return
  const message = `Could not start in \`${cwd}\`: ${problem.what}. Choose another working directory.`
  const options = problem.cause === undefined ? {} : { cause: problem.cause }
  throw new LimpetError('WORKING_DIRECTORY_UNUSABLE', message, { details: { cwd }, ...options })
}

function directoryFault(cwd: string): { what: string; cause?: unknown } | undefined {
  if (!isAbsolute(cwd)) return { what: 'it is not an absolute path' }
  try {
    if (!statSync(cwd).isDirectory()) return { what: 'it is not a directory' }
    accessSync(cwd, constants.X_OK)
    return undefined
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    return { what: isMissing ? 'it does not exist' : 'it may not be entered', cause }
  }
}

type Fault = 'missing' | 'a directory or device' | 'not executable'

function fault(file: string): Fault | undefined {
  try {
    if (!statSync(file).isFile()) return 'a directory or device'
  } catch {
    // Missing, or hidden behind a directory that may not be entered: the same to whoever starts it.
    return 'missing'
  }
  try {
    accessSync(file, constants.X_OK)
    return undefined
  } catch {
    return 'not executable'
  }
}

function explain(name: string, cwd: string): string {
  if (name === '') return 'Could not start a process: the name of the program is empty.'
  if (!name.includes('/')) {
    return `Could not start \`${name}\`: not found in PATH. Check the name, or add it as a program.`
  }
  const what = fault(from(cwd, name))
  if (what === 'not executable') {
    return `Could not start \`${name}\`: the file is not executable. Allow it with \`chmod +x\`.`
  }
  return `Could not start \`${name}\`: ${what === 'missing' ? 'no such file' : `it is ${what}`}. Check the path.`
}
