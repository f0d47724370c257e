// Owns how a command of the program is declared: as data, from which command line and help are made. Knows no
// parser. Before: the files beside this one; after: command-line.ts.

/** Headings of `limpet --help`, in this order. */
export const GROUPS = {
  serving: 'Serve:',
  working: 'Start and go on:',
  looking: 'See what runs, and what it said:',
  naming: 'Name and share:',
  ending: 'End, and look after:',
} as const

/** What was read; each option's value is what its `parse` makes, else text, or true for a flag. */
export interface Flags {
  readonly [name: string]: unknown
}

export interface OptionSpec {
  /** Such as "--name <name>". */
  readonly flags: string
  readonly description: string
  /** The heading above it in the help. @default "Options:" */
  readonly group?: string
  readonly default?: unknown
  /**
   * Reads the text that was given.
   * @param former value of the same option given before; undefined at first
   * @throws CommandError USAGE
   */
  readonly parse?: (text: string, former: unknown) => unknown
}

export interface CommandSpec {
  readonly name: string
  readonly group: string
  readonly summary: string
  /** Such as "<session>" or "[label...]", each with what it means. */
  readonly words?: readonly (readonly [syntax: string, description: string])[]
  readonly options: readonly OptionSpec[]
  /** True: from the first word on, all is the program's own. @default false */
  readonly passesThrough?: true
  /** Lines below the options in its help. */
  readonly notes?: string
  /**
   * Loads the command and runs it: `limpet ls` must not wait for a web server.
   * @param words all of them, in order
   * @returns the exit code
   */
  readonly act: (words: readonly string[], flags: Flags) => Promise<number>
}
