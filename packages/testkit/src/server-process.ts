// Owns a program of ours that runs for as long as a test: started from what was built, its output kept for
// the failure message, ended for sure.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { within } from './waits.ts'

/** The newest output that a failure shows. */
const TRANSCRIPT_BYTES = 64 * 1024

/** A server that was asked to end ends within this time, or the test fails. */
const STOP_DEADLINE_MS = 20_000

export interface ServerProcessOptions {
  /** Path from the root of the repository, such as "packages/cli/dist/main.js". */
  readonly program: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export class ServerProcess {
  readonly child: ChildProcess
  readonly #exited: Promise<unknown>
  readonly #program: string
  #stdout = ''
  #stderr = ''

  constructor(options: ServerProcessOptions) {
    this.#program = options.program
    const child = spawn(process.execPath, [builtPath(options.program), ...options.args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.environment,
    })
    this.child = child
    this.#exited = once(child, 'exit')
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (this.#stderr = (this.#stderr + text).slice(-TRANSCRIPT_BYTES)))
  }

  get pid(): number {
    const { pid } = this.child
    if (pid === undefined) throw new Error(`${this.#program} could not be started`)
    return pid
  }

  get stdout(): string {
    return this.#stdout
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  readonly transcript = (): string =>
    `${this.#program} (exit ${this.child.exitCode ?? this.child.signalCode})\n${this.#stdout}\n--- stderr ---\n${this.#stderr}`

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.hasExited) this.child.kill(signal)
    await within(`the end of ${this.#program}`, this.#exited, {
      deadlineMs: STOP_DEADLINE_MS,
      transcript: this.transcript,
    })
  }
}

/** Where a file of the build lies. */
export function builtPath(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url))
}
