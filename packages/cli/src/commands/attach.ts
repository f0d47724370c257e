// Owns `limpet attach`: a session in the user's own terminal, left without ending it.

import type { Limpet, Session } from '@limpet/client'
import { LimpetError, type SessionInfo } from '@limpet/protocol'
import { readVersion } from '../build.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { describeExit, exitCodeOf, signalNumber } from '../exit-status.ts'
import { findSession, SHORT_ID_LENGTH, titleOf } from '../find-session.ts'
import { describeGap } from '../gap-notice.ts'
import { write } from '../output.ts'
import { connectTo, type TargetOptions } from '../target.ts'
import { parseDetachKey } from '../terminal/detach-key.ts'
import { driveTerminal, type DriveEnd } from '../terminal/drive-terminal.ts'

export interface AttachOptions extends TargetOptions {
  readonly session: string
  readonly detachKey: string
  /** Keys and size stay here; the host refuses them, too. */
  readonly readOnly: boolean
  /** screen: the terminal as it is. start: all that is kept. end: only what is new. */
  readonly from: 'screen' | 'start' | 'end'
}

/** @returns the process's exit code when it ended, 0 when the user left it, 1 when nobody knows */
export async function attach(options: AttachOptions): Promise<number> {
  const detachKey = parseDetachKey(options.detachKey)
  await using limpet = await connectTo(options, {
    startHost: 'for-logs',
    build: readVersion(),
    ...(options.readOnly && { rights: ['view'] }),
  })
  const info = findSession(await limpet.sessions(), options.session)
  if (process.env['LIMPET_SESSION'] === info.id) {
    throw new CommandError(
      'SESSION_INSIDE_ITSELF',
      'You are inside this session: it cannot show itself.',
    )
  }
  if (info.terminal === undefined) return await watchPipes(limpet, info, options)
  if (info.state === 'running' && process.stdin.isTTY) {
    const how =
      options.detachKey === 'none' ? 'there is no detach key' : `detach with ${options.detachKey}`
    say(`${options.readOnly ? 'watching' : 'attached to'} ${titleOf(info)}; ${how}`)
  }
  // A screen is of no use to a file.
  const from = options.from === 'screen' && !process.stdout.isTTY ? 'start' : options.from
  const end = await driveTerminal({
    detachKey,
    isReadOnly: options.readOnly,
    open: (view) => limpet.attach(info.id, { ...view, from }),
  })
  // The message stands below what is on the screen, not in it.
  if (end.type === 'left' && process.stdout.isTTY) process.stdout.write('\r\n\x1b[J')
  return report(info, end)
}

/** Pipes: no raw terminal, since nobody echoes; Ctrl-D ends the input, Ctrl-C leaves. */
async function watchPipes(
  limpet: Limpet,
  info: SessionInfo,
  { from, readOnly }: AttachOptions,
): Promise<number> {
  const session = await limpet.attach(info.id, { from })
  session.onStateChange((state) => {
    if (state === 'resuming') say('the connection was lost; connecting again …')
    if (state === 'attached') say('connected again')
  })
  const left = new Promise<DriveEnd>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const reason = signal === 'SIGINT' ? 'detached' : signal
      process.once(signal, () => resolve({ type: 'left', reason }))
    }
  })
  if (info.state === 'running') {
    if (process.stdin.isTTY) say(`attached to ${titleOf(info)}; detach with ctrl-c`)
    if (!readOnly) void sendLines(session)
  }
  return report(info, await Promise.race([left, showOutput(session)]))
}

async function showOutput(session: Session): Promise<DriveEnd> {
  for await (const record of session.output) {
    if (record.type === 'output') {
      await write(record.stream === 'stdout' ? process.stdout : process.stderr, record.bytes)
    } else if (record.type === 'gap') {
      say(describeGap(record.gap))
    }
  }
  try {
    return { type: 'ended', exit: await session.exited }
  } catch (error) {
    if (error instanceof LimpetError && error.code === 'SESSION_ENDED') return { type: 'lost' }
    throw error
  }
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
  if (end.type === 'lost') {
    say(`${titleOf(info)} was lost when its host crashed: nobody knows how it ended`)
    return EXIT.failure
  }
  say(`detached; it goes on. Come back with: limpet attach ${info.id.slice(0, SHORT_ID_LENGTH)}`)
  return end.reason === 'detached' ? EXIT.ok : EXIT.signalBase + signalNumber(end.reason)
}

function say(text: string): void {
  process.stderr.write(`limpet: ${text}\n`)
}
