// Owns turning how a process ended into an exit code and a sentence, as shells do.

import { constants } from 'node:os'
import type { ExitStatus } from '@limpet/protocol'
import { EXIT } from './command-error.ts'

/** @returns the process's code, or 128 and the signal's number */
export function exitCodeOf(exit: ExitStatus): number {
  if (exit.signal === null) return exit.code ?? EXIT.failure
  return EXIT.signalBase + signalNumber(exit.signal)
}

/** @returns such as "ended by SIGKILL" or "ended with code 3" */
export function describeExit(exit: ExitStatus): string {
  return exit.signal === null ? `ended with code ${exit.code}` : `ended by ${exit.signal}`
}

/** @returns the number on this machine, 0 for a name it does not know */
export function signalNumber(name: string): number {
  const numbers: Readonly<Record<string, number>> = constants.signals
  return numbers[name] ?? 0
}
