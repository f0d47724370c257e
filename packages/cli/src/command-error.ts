// Owns what a command of ours refuses on its own account, and the exit codes of the program.

/** What the program's exit code means when it is not that of a process that was run. */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The configuration is wrong (EX_CONFIG of sysexits.h). */
  configuration: 78,
  /** `limpet run` itself failed, as with env(1) and timeout(1). */
  runFailed: 125,
  cannotExecute: 126,
  notFound: 127,
  /** And the number of the signal. */
  signalBase: 128,
} as const

/** Codes that exist on the command line only; all others are those of the protocol's registry. */
export type CommandErrorCode =
  | 'USAGE'
  | 'SESSION_AMBIGUOUS'
  | 'SESSION_INSIDE_ITSELF'
  | 'NOT_STOPPED'
  | 'NO_GATEWAY'
  | 'CONFIG_INVALID'
  | 'PORT_IN_USE'

const EXIT_OF: Readonly<Record<CommandErrorCode, number>> = {
  USAGE: EXIT.usage,
  SESSION_AMBIGUOUS: EXIT.failure,
  SESSION_INSIDE_ITSELF: EXIT.failure,
  NOT_STOPPED: EXIT.failure,
  NO_GATEWAY: EXIT.failure,
  CONFIG_INVALID: EXIT.configuration,
  PORT_IN_USE: EXIT.failure,
}

/** A refusal of the command line; its message ends with the next step. */
export class CommandError extends Error {
  readonly code: CommandErrorCode

  constructor(code: CommandErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CommandError'
    this.code = code
  }

  get exitCode(): number {
    return EXIT_OF[this.code]
  }
}
