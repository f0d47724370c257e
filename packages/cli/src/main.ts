#!/usr/bin/env node
// The program `limpet`: runs its command line and ends with its exit code.

import { runCommandLine } from './command-line.ts'
import { flushOutput, guardOutput } from './output.ts'
import { reportError } from './report-error.ts'

guardOutput()
// A bug of ours: one line like any other error, and the terminal is given back by its 'exit' handler.
process.on('uncaughtException', (error) => process.exit(reportError(error)))

const exitCode = await runCommandLine(process.argv.slice(2))
await flushOutput()
// An open stdin would keep us waiting for keys that nobody wants.
process.exit(exitCode)
