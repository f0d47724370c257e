// Owns how an error looks on the command line: one line, with its code; the rest only for who asks for it.

import { LimpetError, toLimpetError } from '@limpet/protocol'
import { CommandError, EXIT } from './command-error.ts'

/** Prints it. @returns the exit code that it asks for */
export function reportError(error: unknown): number {
  const { message, code, exitCode } = describe(error)
  process.stderr.write(`limpet: ${message} (${code})\n`)
  if (process.env['LIMPET_DEBUG']) process.stderr.write(`${inspect(error)}\n`)
  return exitCode
}

function describe(error: unknown): { message: string; code: string; exitCode: number } {
  if (error instanceof CommandError) return error
  if (error instanceof LimpetError) {
    return { message: error.message, code: error.code, exitCode: EXIT.failure }
  }
  const reason = error instanceof Error ? error.message : String(error)
  const { code } = toLimpetError(error)
  return { message: `${reason} (set LIMPET_DEBUG=1 for more)`, code, exitCode: EXIT.failure }
}

function inspect(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by: ${inspect(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}
