// Owns `limpet run`: one process on the host that behaves as if it had been started here. stdin and signals
// go to it, stdout and stderr come from it, apart, byte for byte and at the reader's pace.

import type { Limpet, Session } from '@limpet/client'
import { LimpetError, type ErrorCode } from '@limpet/protocol'
import { readVersion } from '../build.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { describeExit, exitCodeOf, signalNumber } from '../exit-status.ts'
import { calledFrom, choiceFrom, planFrom, type LaunchOptions } from '../launch-options.ts'
import { ReaderGone, write } from '../output.ts'
import { PacedOutput } from '../paced-output.ts'
import { reportError } from '../report-error.ts'
import { SignalRelay } from '../signal-relay.ts'
import { connectTo, type TargetOptions } from '../target.ts'

export interface RunOptions extends TargetOptions, LaunchOptions {
  /** The program goes on without us. */
  readonly detach: boolean
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
    refuseMisfits(options)
    if (options.detach) return await runDetached(options)
    return await (options.tty ? runInTerminal(options) : runOnPipes(options))
  } catch (error) {
    reportError(error)
    if (error instanceof CommandError) return error.exitCode
    return (error instanceof LimpetError ? EXIT_OF[error.code] : undefined) ?? EXIT.runFailed
  }
}

/** @throws CommandError USAGE for options that would do nothing */
function refuseMisfits({ detach, keepEndedMs, retainBytes, stdin, url }: RunOptions): void {
  if (!detach && (keepEndedMs !== undefined || stdin)) {
    const message = '--keep and --stdin are for programs that go on without us: add --detach.'
    throw new CommandError('USAGE', message)
  }
  if (url !== undefined && (keepEndedMs !== undefined || retainBytes !== undefined)) {
    const message = "--keep and --retain are for this machine's host: leave out --url."
    throw new CommandError('USAGE', message)
  }
}

/** Prints nothing but the id, for scripts. */
async function runDetached(options: RunOptions): Promise<number> {
  await using limpet = await connect(options)
  const { columns, rows } = process.stdout
  const how = {
    lifetime: 'kept',
    stdin: options.stdin ? 'pipe' : 'empty',
    size: { columns, rows },
  } as const
  const called = calledFrom(options)
  const { session } =
    options.url === undefined
      ? await limpet.request('session.open', { plan: planFrom(options, how), ...called })
      : await limpet.request('program.start', { ...choiceFrom(options, how), ...called })
  await write(process.stdout, `${session.id}\n`)
  return EXIT.ok
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
  if (end.type === 'left') return EXIT.signalBase + signalNumber(end.reason)
  if (end.type === 'lost') return EXIT.runFailed // not without a new host, which this command never waits for
  if (end.exit.signal !== null) process.stderr.write(`limpet: ${describeExit(end.exit)}\n`)
  return exitCodeOf(end.exit)
}

function connect(options: RunOptions): Promise<Limpet> {
  return connectTo(options, { startHost: true, build: readVersion() })
}

type View = Parameters<Limpet['openPlan']>[1]

function openProcess(limpet: Limpet, options: RunOptions, view: View = {}): Promise<Session> {
  const called = { ...view, ...calledFrom(options) }
  const how = { lifetime: 'client', stdin: 'pipe' } as const
  // Elsewhere, our own directory and environment mean nothing.
  if (options.url !== undefined) return limpet.open(choiceFrom(options, how), { ...called, ...how })
  return limpet.openPlan(planFrom(options, { ...how, size: view }), called)
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
