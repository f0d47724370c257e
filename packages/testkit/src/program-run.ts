// Owns running a program to its end in a test: stdout and stderr apart, as bytes.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { within } from './waits.ts'

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Written to its stdin, which then ends. @default nothing, ended at once */
  readonly input?: string | Uint8Array
  readonly deadlineMs?: number
  /** Called with the process once it runs, for signals and the like. */
  readonly onStarted?: (child: ChildProcess) => void
}

export interface Ran {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Runs it to its end; one that is late is killed, and the failure shows what it said. */
export async function runProgram(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [file = '', ...args] = argv
  const child = spawn(file, args, {
    stdio: 'pipe',
    cwd: options.cwd,
    env: options.environment ?? process.env,
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // A program that ends without reading its input is no fault of the test.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  options.onStarted?.(child)
  const transcript = (): string =>
    `${Buffer.concat(stdout).toString()}\n--- stderr ---\n${Buffer.concat(stderr).toString()}`
  try {
    await within(`the end of ${argv.join(' ')}`, once(child, 'close'), {
      transcript,
      ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
    })
  } finally {
    child.kill('SIGKILL')
  }
  return {
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr),
    code: child.exitCode,
    signal: child.signalCode,
  }
}
