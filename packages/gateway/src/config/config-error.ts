// Owns how a configuration is refused: which file, line and key, and what was expected there. Errors of
// a start, not of the wire: they have no code of the registry; the command line prints them and exits 78.

/** One thing that is wrong. */
export interface ConfigProblem {
  /** The file, or the option of the command line, that holds it. */
  readonly source: string
  /** From 1; absent for options and for a file that could not be read. */
  readonly line?: number
  /** "programs.build.tty", or empty for the whole file. */
  readonly key: string
  readonly message: string
}

/** All that is wrong at once, one problem a line: "limpet.yaml:7: programs.build.tty: expected …". */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[], options?: { cause: unknown }) {
    super(problems.map(lineOf).join('\n'), options)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

function lineOf({ source, line, key, message }: ConfigProblem): string {
  const place = line === undefined ? source : `${source}:${line}`
  return [place, key, message].filter((part) => part !== '').join(': ')
}
