// Owns `limpet logs`: what a session wrote, byte for byte, whether it runs, has ended or was lost.

import type { Limpet, OutputRecord } from '@limpet/client'
import { LimpetError, type SessionInfo } from '@limpet/protocol'
import { readVersion } from '../build.ts'
import { EXIT } from '../command-error.ts'
import { describeExit, exitCodeOf, signalNumber } from '../exit-status.ts'
import { findSession, titleOf } from '../find-session.ts'
import { describeGap } from '../gap-notice.ts'
import { ReaderGone, write } from '../output.ts'
import { connectTo, type TargetOptions } from '../target.ts'

export interface LogsOptions extends TargetOptions {
  readonly session: string
  /** Until the session ends, instead of until where its log ends now. */
  readonly follow: boolean
  /** First byte of the log. @default the first one; those that are no longer kept are a gap */
  readonly sinceOffset?: number
  /** Only what it wrote to stderr, on our stdout. */
  readonly stderr: boolean
}

/** @returns 0; with `follow`, the process's exit code, 128 and the signal's number, or 1 when nobody knows */
export async function logs(options: LogsOptions): Promise<number> {
  const { follow, sinceOffset: from = 0 } = options
  const how = { startHost: 'for-logs', reconnect: follow, build: readVersion() } as const
  await using limpet = await connectTo(options, how)
  const info = findSession(await limpet.sessions(), options.session)
  try {
    if (follow) return await followOutput(limpet, info, options)
    for await (const record of limpet.history(info.id, { from })) await print(record, options)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error
    // As `cat` ends: quietly, by the signal that a pipe without reader sends.
    return EXIT.signalBase + signalNumber('SIGPIPE')
  }
}

async function followOutput(
  limpet: Limpet,
  info: SessionInfo,
  options: LogsOptions,
): Promise<number> {
  const session = await limpet.attach(info.id, { from: options.sinceOffset ?? 0 })
  for await (const record of session.output) await print(record, options)
  try {
    const exit = await session.exited
    if (exit.signal !== null) say(describeExit(exit))
    return exitCodeOf(exit)
  } catch (error) {
    if (!(error instanceof LimpetError) || error.code !== 'SESSION_ENDED') throw error
    say(`${titleOf(info)} was lost when its host crashed: nobody knows how it ended`)
    return EXIT.failure
  }
}

async function print(record: OutputRecord, options: LogsOptions): Promise<void> {
  if (record.type === 'gap') say(describeGap(record.gap))
  if (record.type !== 'output') return
  const { stream, bytes } = record
  if (options.stderr) return stream === 'stderr' ? write(process.stdout, bytes) : undefined
  await write(stream === 'stdout' ? process.stdout : process.stderr, bytes)
}

function say(text: string): void {
  process.stderr.write(`limpet: ${text}\n`)
}
