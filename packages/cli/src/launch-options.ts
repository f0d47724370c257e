// Owns what `limpet run` says about a program: as a launch plan for this machine's host, or as a choice for a
// gateway elsewhere. Before: the options of the command; after: `session.open`, `program.start`.

import type { LaunchPlan, Lifetime, MethodParams } from '@limpet/protocol'
import { labelRecord, type Label } from './labels.ts'
import { shellLine } from './shell-words.ts'

export interface LaunchOptions {
  readonly argv: readonly string[]
  readonly tty: boolean
  /** Its input stays open for who attaches; only without us. */
  readonly stdin: boolean
  readonly cwd?: string
  readonly name?: string
  readonly labels?: readonly Label[]
  /** Newest bytes of the log to keep. @default the host's, 64 MiB */
  readonly retainBytes?: number
  /** How long the log stays readable after the end, in milliseconds. @default the host's, 24 h */
  readonly keepEndedMs?: number
}

interface How {
  readonly lifetime: Lifetime
  readonly stdin: 'pipe' | 'empty'
}

/** Of the caller's terminal; outside of one, that of the terminals of old. */
interface Size {
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

const DEFAULT_SIZE = { columns: 80, rows: 24 }

export function planFrom(options: LaunchOptions, how: How & { readonly size: Size }): LaunchPlan {
  const { argv, tty, cwd, retainBytes, keepEndedMs } = options
  const { lifetime, stdin, size } = how
  return {
    program: 'exec',
    argv,
    title: shellLine(argv),
    cwd: cwd ?? process.cwd(),
    environment: ownEnvironment(),
    stdin,
    lifetime,
    onEnd: 'kill',
    ...(tty && {
      terminal: {
        columns: size.columns || DEFAULT_SIZE.columns,
        rows: size.rows || DEFAULT_SIZE.rows,
      },
    }),
    ...(retainBytes !== undefined && { retainBytes }),
    ...(keepEndedMs !== undefined && { keepEndedMs }),
  }
}

type Choice = Omit<MethodParams<'program.start'>, 'name' | 'labels' | 'view'>

export function choiceFrom({ argv, tty, cwd }: LaunchOptions, { lifetime, stdin }: How): Choice {
  return { program: 'exec', argv, tty, lifetime, stdin, ...(cwd !== undefined && { cwd }) }
}

/** @throws CommandError USAGE for a label without value */
export function calledFrom({ name, labels }: LaunchOptions): {
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
} {
  return {
    ...(name !== undefined && { name }),
    ...(labels !== undefined && { labels: labelRecord(labels) }),
  }
}

function ownEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries)
}
