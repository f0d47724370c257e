// Owns `limpet attach`: a session in the user's own terminal, left without ending it.

import type { Limpet, Session } from '@limpet/client'
import type { SessionInfo } from '@limpet/protocol'
import { readVersion } from '../build.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { describeExit, exitCodeOf, signalNumber } from '../exit-status.ts'
import { findSession, SHORT_ID_LENGTH, titleOf } from '../find-session.ts'
import { write } from '../output.ts'
import { connectTo, type TargetOptions } from '../target.ts'
import { parseDetachKey } from '../terminal/detach-key.ts'
import { driveTerminal, type DriveEnd } from '../terminal/drive-terminal.ts'

export interface AttachOptions extends TargetOptions {
  readonly session: string
  readonly detachKey: string
  /** False: only what is new. */
  readonly history: boolean
}

/** @returns the process's exit code when it ended, 0 when the user left it */
export async function attach(options: AttachOptions): Promise<number> {
  const detachKey = parseDetachKey(options.detachKey)
  await using limpet = await connectTo(options, { startHost: false, build: readVersion() })
  const info = findSession(await limpet.sessions(), options.session)
  if (process.env['LIMPET_SESSION'] === info.id) {
    throw new CommandError(
      'SESSION_INSIDE_ITSELF',
      'You are inside this session: it cannot show itself.',
    )
  }
  const from = options.history ? 'start' : 'end'
  const isRunning = info.state === 'running'
  if (info.terminal === undefined) return await watchPipes(limpet, info, from)
  if (isRunning && process.stdin.isTTY) {
    const how =
      options.detachKey === 'none' ? 'there is no detach key' : `detach with ${options.detachKey}`
    say(`attached to ${titleOf(info)}; ${how}`)
  }
  const end = await driveTerminal({
    detachKey,
    open: (view) => limpet.attach(info.id, { ...view, from }),
  })
  return report(info, end)
}

/** Pipes: no raw terminal, since nobody echoes; Ctrl-D ends the input, Ctrl-C leaves. */
async function watchPipes(
  limpet: Limpet,
  info: SessionInfo,
  from: 'start' | 'end',
): Promise<number> {
  const session = await limpet.attach(info.id, { from })
  const left = new Promise<DriveEnd>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const reason = signal === 'SIGINT' ? 'detached' : signal
      process.once(signal, () => resolve({ type: 'left', reason }))
    }
  })
  if (info.state === 'running') {
    if (process.stdin.isTTY) say(`attached to ${titleOf(info)}; detach with ctrl-c`)
    void sendLines(session)
  }
  return report(info, await Promise.race([left, showOutput(session)]))
}

async function showOutput(session: Session): Promise<DriveEnd> {
  for await (const record of session.output) {
    if (record.type === 'output') {
      await write(record.stream === 'stdout' ? process.stdout : process.stderr, record.bytes)
    } else if (record.type === 'gap') {
      say(`${record.gap.to - record.gap.from} bytes are no longer kept`)
    }
  }
  return { type: 'ended', exit: await session.exited }
}

async function sendLines(session: Session): Promise<void> {
  try {
    for await (const chunk of process.stdin) await session.write(chunk as Buffer) // no encoding was set
    // Ctrl-D of a person; the end of a file that was piped in ends nothing: the session goes on.
    if (process.stdin.isTTY) await session.endInput()
  } catch {
    // The session has ended or takes no input; its output says the rest.
  }
}

function report(info: SessionInfo, end: DriveEnd): number {
  if (end.type === 'ended') {
    say(`${titleOf(info)} ${describeExit(end.exit)}`)
    return exitCodeOf(end.exit)
  }
  say(`detached; it goes on. Come back with: limpet attach ${info.id.slice(0, SHORT_ID_LENGTH)}`)
  return end.reason === 'detached' ? EXIT.ok : EXIT.signalBase + signalNumber(end.reason)
}

function say(text: string): void {
  process.stderr.write(`limpet: ${text}\n`)
}
