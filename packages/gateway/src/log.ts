// Owns the gateway's own log: one JSON object a line. What may be a secret is never handed to it; should it
// happen all the same, the names below are blanked. Nothing that a stranger sent is logged as it is, except
// names from our own tables.

import { pino, type DestinationStream, type Logger } from 'pino'

export type { Logger } from 'pino'

const SECRET_NAMES = [
  'token',
  'secret',
  'cookie',
  'authorization',
  'headers',
  'environment',
  'link',
]

/** @param destination where lines go @default standard error */
export function createLogger(
  options: {
    level?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
    destination?: DestinationStream
  } = {},
): Logger {
  return pino(
    {
      level: options.level ?? 'info',
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]),
        censor: '[hidden]',
      },
    },
    // Synchronous: the line that says why a process ended must not be lost with it.
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  )
}
