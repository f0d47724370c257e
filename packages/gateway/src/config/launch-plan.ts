// Owns the step from a program and what a caller adds to it, to the launch plan that the host runs.
// Nothing a caller sends is ever spliced into a string of ours: it becomes whole elements of the argv.
// Before: `program.start` in dialect/native; after: `session.open` to the host.

import {
  LimpetError,
  MAX_ARGUMENTS,
  MAX_ARGUMENT_LENGTH,
  type LaunchPlan,
  type MethodParams,
} from '@limpet/protocol'
import { isVariableName } from './environment.ts'
import type { Program } from './program.ts'

/** What a caller of `program.start` says. */
export type StartParams = MethodParams<'program.start'>

/** What every plan of this gateway is built on. */
export interface PlanBase {
  /** Complete, allow-listed. */
  readonly environment: Readonly<Record<string, string>>
  /** Absolute path that "~" stands for. */
  readonly home: string
}

/** Linux refuses a longer single argument or variable (MAX_ARG_STRLEN, 128 KiB with its NUL; execve(2)). */
const MAX_ARGUMENT_BYTES = 128 * 1024 - 1

const DEFAULT_COLUMNS = 80
const DEFAULT_ROWS = 24

/** @throws LimpetError PROGRAM_ARGUMENTS_REFUSED, its details naming the parameter */
export function launchPlanFor(program: Program, params: StartParams, base: PlanBase): LaunchPlan {
  refuseWhatIsNotAccepted(program, params)
  const added = program.accepts === 'line' ? [params.line ?? ''] : (params.argv ?? [])
  const argv = [...program.command, ...added]
  if (argv.length > MAX_ARGUMENTS) {
    throw refused(
      program,
      'argv',
      `has ${argv.length} elements; at most ${MAX_ARGUMENTS} are possible`,
    )
  }
  for (const argument of added)
    requireFits(program, params.line === undefined ? 'argv' : 'line', argument)
  const isTerminal = wantsTerminal(program, params)
  return {
    program: program.name,
    argv,
    title: titleOf(program, params, argv).slice(0, MAX_ARGUMENT_LENGTH),
    cwd: params.cwd === undefined ? program.cwd : absolute(program, params.cwd, base.home),
    environment: { ...base.environment, ...program.environment, ...params.environment },
    ...(isTerminal && {
      terminal: { columns: params.columns ?? DEFAULT_COLUMNS, rows: params.rows ?? DEFAULT_ROWS },
    }),
    stdin: params.stdin ?? 'pipe',
    lifetime: params.lifetime ?? program.lifetime,
    onEnd: program.onEnd,
    ...(program.retainBytes !== undefined && { retainBytes: program.retainBytes }),
    ...(program.keepEndedMs !== undefined && { keepEndedMs: program.keepEndedMs }),
    ...(isTerminal && program.sizeRule !== undefined && { sizeRule: program.sizeRule }),
  }
}

/** The words of an argv as a person would type them in a POSIX shell. */
export function shellWords(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}

function refuseWhatIsNotAccepted(program: Program, params: StartParams): void {
  const { accepts, command } = program
  const needed = accepts === 'nothing' ? undefined : accepts
  for (const name of ['line', 'argv'] as const) {
    if (name === needed && params[name] === undefined) {
      throw refused(
        program,
        name,
        `is missing: the program takes ${accepts === 'line' ? 'a command line' : 'an argv'}`,
      )
    }
    if (name !== needed && params[name] !== undefined) {
      throw refused(program, name, 'is not taken by this program')
    }
  }
  if (params.cwd !== undefined && accepts === 'nothing') {
    throw refused(program, 'cwd', 'is not taken by this program')
  }
  if (params.environment === undefined) return
  // A variable such as LD_PRELOAD turns any program into any other: only who may name the executable
  // may name variables.
  if (accepts !== 'argv' || command.length > 0) {
    throw refused(program, 'environment', 'is not taken by this program')
  }
  for (const [name, value] of Object.entries(params.environment)) {
    if (!isVariableName(name)) {
      throw refused(
        program,
        'environment',
        `has the name ${JSON.stringify(name.slice(0, 80))}; letters, digits and _ are possible`,
      )
    }
    requireFits(program, 'environment', `${name}=${value}`)
  }
}

function wantsTerminal(program: Program, { tty }: StartParams): boolean {
  if (program.tty === 'either') return tty ?? false
  const isTerminal = program.tty === 'always'
  if (tty !== undefined && tty !== isTerminal) {
    throw refused(program, 'tty', `is always ${String(isTerminal)} for this program`)
  }
  return isTerminal
}

function titleOf(program: Program, { line }: StartParams, argv: readonly string[]): string {
  return line ?? program.title ?? shellWords(argv)
}

function absolute(program: Program, cwd: string, home: string): string {
  if (cwd === '~') return home
  if (cwd.startsWith('~/')) return `${home}${cwd.slice(1)}`
  if (cwd.startsWith('/')) return cwd
  throw refused(program, 'cwd', `is ${JSON.stringify(cwd.slice(0, 80))}; begin with / or ~/`)
}

function requireFits(program: Program, parameter: string, argument: string): void {
  const bytes = Buffer.byteLength(argument)
  if (bytes <= MAX_ARGUMENT_BYTES) return
  throw refused(
    program,
    parameter,
    `has ${bytes} bytes in one piece; at most ${MAX_ARGUMENT_BYTES} are possible`,
  )
}

function refused(program: Program, parameter: string, reason: string): LimpetError {
  return new LimpetError(
    'PROGRAM_ARGUMENTS_REFUSED',
    `The program "${program.name}" was not started: ${parameter} ${reason}.`,
    { details: { program: program.name, parameter, reason } },
  )
}
