// Owns what a user may say about starting a program, and the request that the gateway wants to know.

import type { Lifetime, MethodParams } from '@limpet/protocol'
import type { Session } from './session.ts'
import type { ViewOptions } from './view-options.ts'

/** Everything about a start but who watches: what a launch plan is made from. */
export type ProgramStart = Omit<MethodParams<'program.start'>, 'name' | 'labels' | 'view'>

interface StartOptions {
  /** For programs that accept a command line. */
  readonly line?: string
  /** Absolute path, for programs that accept a line or an argv. @default the home folder */
  readonly cwd?: string
  /** Added to the environment, for programs that accept an argv. */
  readonly environment?: Readonly<Record<string, string>>
  /** For programs that run either way. @default false */
  readonly tty?: boolean
  /** For pipes: whether there is anything to read. @default "pipe" */
  readonly stdin?: 'pipe' | 'empty'
}

/** Which program, when its name alone does not say all. */
export interface ProgramChoice extends StartOptions {
  /** A program that is offered here. @default "exec", which takes any argv */
  readonly program?: string
  /** For programs that accept an argv: passed on exactly, no shell reads it. */
  readonly argv?: readonly string[]
}

/** What people and programs call a session. */
interface CalledOptions {
  /** Shown in lists, up to 120 characters. */
  readonly name?: string
  /** For finding it again: { project: 'limpet' }. Keys of 1 to 63 characters, at most 32 of them. */
  readonly labels?: Readonly<Record<string, string>>
}

export interface OpenOptions extends ViewOptions<Session>, StartOptions, CalledOptions {
  /** client: the session ends with the connection that opened it. @default "kept" */
  readonly lifetime?: Lifetime
}

export interface OpenPlanOptions extends ViewOptions<Session>, CalledOptions {}

export interface AttachOptions extends ViewOptions<Session> {
  /**
   * start: the oldest byte that is kept. screen: the terminal as it is now, as a checkpoint, and what follows.
   * end: only what is new. Or an offset in bytes. @default "start"
   */
  readonly from?: 'start' | 'screen' | 'end' | number
}

/** What travels beside a start or a plan. */
export function calledOnWire({ name, labels }: CalledOptions): CalledOptions {
  return { ...(name !== undefined && { name }), ...(labels && { labels }) }
}

export function programStart(choice: string | ProgramChoice, options: OpenOptions): ProgramStart {
  const {
    sink: _sink,
    answers: _answers,
    windowBytes: _windowBytes,
    checkpoints: _checkpoints,
    lossless: _lossless,
    viewerName: _viewerName,
    name: _name,
    labels: _labels,
    ...start
  } = options
  const { program = 'exec', ...chosen } = typeof choice === 'string' ? { program: choice } : choice
  return { ...start, ...chosen, program }
}
