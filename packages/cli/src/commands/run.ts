// Owns `limpet run`: one process on the host that behaves as if it had been started here. stdin and signals
// go to it, stdout and stderr come from it, apart, byte for byte and at the reader's pace.

import type { Limpet, Session } from '@limpet/client'
import { LimpetError, type ErrorCode } from '@limpet/protocol'
import { readVersion } from '../build.ts'
import { EXIT } from '../command-error.ts'
import { describeExit, exitCodeOf, signalNumber } from '../exit-status.ts'
import { ReaderGone } from '../output.ts'
import { PacedOutput } from '../paced-output.ts'
import { reportError } from '../report-error.ts'
import { shellLine } from '../shell-words.ts'
import { SignalRelay } from '../signal-relay.ts'
import { connectTo, type TargetOptions } from '../target.ts'

export interface RunOptions extends TargetOptions {
  readonly argv: readonly string[]
  readonly tty: boolean
  readonly cwd?: string
  readonly name?: string
}

/** What our own exit code says when the process could not be started, as with env(1). */
const EXIT_OF: Partial<Record<ErrorCode, number>> = {
  EXECUTABLE_NOT_FOUND: EXIT.notFound,
  WORKING_DIRECTORY_UNUSABLE: EXIT.cannotExecute,
  LAUNCH_FAILED: EXIT.cannotExecute,
}

/** @returns the process's exit code; 128 and the signal's number when one ended it */
export async function run(options: RunOptions): Promise<number> {
  try {
    return await (options.tty ? runInTerminal(options) : runOnPipes(options))
  } catch (error) {
    reportError(error)
    return (error instanceof LimpetError ? EXIT_OF[error.code] : undefined) ?? EXIT.runFailed
  }
}

async function runOnPipes(options: RunOptions): Promise<number> {
  using relay = new SignalRelay()
  using output = new PacedOutput()
  await using limpet = await connect(options)
  const session = await openProcess(limpet, options, { sink: output })
  relay.relayTo(session)
  void sendInput(session)
  try {
    const exit = await Promise.race([session.exited, output.failure])
    await Promise.race([output.written, output.failure])
    if (exit.signal !== null) process.stderr.write(`limpet: ${describeExit(exit)}\n`)
    return exitCodeOf(exit)
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error
    // What a pipe would have told the process itself. It ends with our link, whatever it makes of this.
    await session.signal('SIGPIPE').catch(() => {})
    return EXIT.signalBase + signalNumber('SIGPIPE')
  }
}

async function runInTerminal(options: RunOptions): Promise<number> {
  const { driveTerminal } = await import('../terminal/drive-terminal.ts')
  const { parseDetachKey } = await import('../terminal/detach-key.ts')
  await using limpet = await connect(options)
  const end = await driveTerminal({
    open: (view) => openProcess(limpet, options, view),
    // The process ends with us: there is nothing to come back to.
    detachKey: parseDetachKey('none'),
  })
  if (end.type === 'ended' && end.exit.signal !== null) {
    process.stderr.write(`limpet: ${describeExit(end.exit)}\n`)
  }
  return end.type === 'ended' ? exitCodeOf(end.exit) : EXIT.signalBase + signalNumber(end.reason)
}

function connect(options: RunOptions): Promise<Limpet> {
  return connectTo(options, { startHost: true, build: readVersion() })
}

type View = Parameters<Limpet['openPlan']>[1]

function openProcess(limpet: Limpet, options: RunOptions, view: View = {}): Promise<Session> {
  const { argv, tty, cwd, name } = options
  const named = { ...view, ...(name !== undefined && { name }) }
  if (options.url !== undefined) {
    // Elsewhere, our own directory and environment mean nothing.
    const choice = { argv, tty, ...(cwd !== undefined && { cwd }) }
    return limpet.open(choice, { ...named, lifetime: 'client' })
  }
  const plan = {
    program: 'exec',
    argv,
    title: shellLine(argv),
    cwd: cwd ?? process.cwd(),
    environment: ownEnvironment(),
    stdin: 'pipe',
    lifetime: 'client',
    onEnd: 'kill',
  } as const
  const size = { columns: view.columns ?? 80, rows: view.rows ?? 24 }
  return limpet.openPlan(tty ? { ...plan, terminal: size } : plan, named)
}

function ownEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries)
}

/** One chunk at a time: a process that does not read stops whoever writes to us. */
async function sendInput(session: Session): Promise<void> {
  try {
    for await (const chunk of process.stdin) {
      await session.write(chunk as Buffer) // no encoding was set
    }
    await session.endInput()
  } catch {
    // The process ended, or has closed its input: what we still have to read is of no use to it.
  }
}
