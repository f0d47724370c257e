// Owns how `limpet serve` speaks: sentences to a person at a terminal, one JSON object a line to everybody
// else. Before: the gateway's log and the command; after: stderr.

import type { Logger, createLogger } from '@limpet/gateway'

type CreateLogger = typeof createLogger

/** @param create the gateway's own @param isTerminal whether a person reads our stderr */
export function serveLogger(create: CreateLogger, isTerminal: boolean): Logger {
  if (!isTerminal) return create()
  // A person wants to know what is wrong, not each connection.
  return create({ level: 'warn', destination: { write: sayLine } })
}

function sayLine(line: string): void {
  process.stderr.write(`limpet: ${sentenceOf(line)}\n`)
}

function sentenceOf(line: string): string {
  const entry: unknown = JSON.parse(line)
  if (typeof entry !== 'object' || entry === null || !('msg' in entry)) return line.trimEnd()
  const reason = 'err' in entry ? `: ${reasonOf(entry.err)}` : ''
  return `${String(entry.msg)}${reason}`
}

function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error)
  return String(error.message)
}
