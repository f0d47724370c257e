// Owns what a program is to the gateway: a named way to start something, and what a caller may add to it.

import type { Lifetime, Role, SizeRuleName } from '@limpet/protocol'

/** What the caller adds: nothing, one command line, or an argv. */
export const ACCEPTS = ['nothing', 'line', 'argv'] as const
/** Whether it gets a terminal. either: the caller says, pipes by default. */
export const TTY = ['always', 'never', 'either'] as const
export const ON_END = ['kill', 'leave'] as const

export type Accepts = (typeof ACCEPTS)[number]
export type Tty = (typeof TTY)[number]
/** What happens to processes that outlive the session's own. */
export type OnEnd = (typeof ON_END)[number]

/** One program, all defaults filled in. */
export interface Program {
  readonly name: string
  readonly description: string
  /** What people call a session of it; absent: its command line. */
  readonly title?: string
  /** Front of the argv; a line or an argv of the caller follows it. Empty: the caller names the executable. */
  readonly command: readonly string[]
  readonly accepts: Accepts
  readonly tty: Tty
  /** Absolute path. */
  readonly cwd: string
  /** Added to the allow-listed environment of the gateway. */
  readonly environment: Readonly<Record<string, string>>
  /** Roles that may start it. */
  readonly start: readonly Role[]
  readonly lifetime: Lifetime
  readonly onEnd: OnEnd
  /** Newest bytes of the log that are kept on disk. @default the host's, 64 MiB */
  readonly retainBytes?: number
  /** How long the log stays readable after the end. @default the host's, 24 h */
  readonly keepEndedMs?: number
  /** For terminals: whose size holds at first. @default latest */
  readonly sizeRule?: SizeRuleName
  /** By which sessions of it are found; a caller's own come on top. */
  readonly labels?: Readonly<Record<string, string>>
}

/** Roles that may start a program which names none. */
export const DEFAULT_START_ROLES: readonly Role[] = ['owner', 'operator']
