// Owns options that several commands have, and how their values are read.

import { parseLabel } from '../labels.ts'
import type { Flags, OptionSpec } from './command-spec.ts'

const WHERE = 'Where:'

/** Which host of this machine. */
export const LOCATION: readonly OptionSpec[] = [
  {
    flags: '--state-dir <dir>',
    description: 'where the host keeps its files',
    group: WHERE,
  },
  { flags: '--runtime-dir <dir>', description: 'where its socket lies', group: WHERE },
]

/** Which gateway, or which host of this machine. */
export const TARGET: readonly OptionSpec[] = [
  {
    flags: '--url <url>',
    description: "through a gateway's address, instead of this machine's host",
    group: WHERE,
  },
  {
    flags: '--token <token>',
    description: 'the token of that gateway (better: LIMPET_TOKEN)',
    group: WHERE,
  },
  ...LOCATION,
]

export const JSON_OUTPUT: OptionSpec = { flags: '--json', description: 'for programs' }

/** The one word that names a session. */
export const SESSION_WORD = ['<session>', 'id, beginning of an id, or name'] as const

/** `--label k=v`, as often as one likes. */
export function labelOption(description: string): OptionSpec {
  return {
    flags: '--label <key=value>',
    description,
    parse: (text, former) => [...listOf(former), parseLabel(text)],
  }
}

export function isOn(flags: Flags, name: string): boolean {
  return flags[name] === true
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Options that were not given are absent, not undefined. */
export function definedOnly(values: Flags): Flags {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
