// Owns `limpet replay`: what a session showed, in the user's own terminal, at the pace at which it came.

import type { Limpet, OutputRecord } from '@limpet/client'
import type { SessionInfo, TerminalSize } from '@limpet/protocol'
import { readVersion } from '../build.ts'
import { EXIT } from '../command-error.ts'
import { formatAge } from '../duration.ts'
import { describeExit, signalNumber } from '../exit-status.ts'
import { findSession, titleOf } from '../find-session.ts'
import { describeGap } from '../gap-notice.ts'
import { ReaderGone, write } from '../output.ts'
import { ReplayClock } from '../replay/replay-clock.ts'
import { ReplayFilter } from '../replay/replay-filter.ts'
import { handleReplayKeys } from '../replay/replay-keys.ts'
import { connectTo, type TargetOptions } from '../target.ts'
import { RawTerminal } from '../terminal/raw-terminal.ts'

export interface ReplayOptions extends TargetOptions {
  readonly session: string
  /** Times as fast. */
  readonly speed: number
  /** No pause is longer, in milliseconds. */
  readonly maxWaitMs: number
}

/** @returns 0 at the end, 130 when Ctrl-C or a signal ended it */
export async function replay(options: ReplayOptions): Promise<number> {
  const how = { startHost: 'for-logs', build: readVersion() } as const
  await using limpet = await connectTo(options, how)
  const info = findSession(await limpet.sessions(), options.session)
  try {
    const { hasEnded, farewell } = await play(limpet, info, options)
    say(farewell)
    return hasEnded ? EXIT.ok : EXIT.signalBase + signalNumber('SIGINT')
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error
    return EXIT.signalBase + signalNumber('SIGPIPE')
  }
}

interface Played {
  /** False: it was ended before its end. */
  readonly hasEnded: boolean
  readonly farewell: string
}

async function play(limpet: Limpet, info: SessionInfo, options: ReplayOptions): Promise<Played> {
  const clock = new ReplayClock({ ...options, nowMs: () => performance.now() })
  using terminal = new RawTerminal({
    handleKeys: (bytes) => {
      if (process.stdin.isTTY) handleReplayKeys(bytes, clock)
    },
    handleResize: () => {},
    handleLeave: () => clock.end(),
  })
  const screen = new ReplayFilter(terminal.modes)
  const sizes: TerminalSize[] = []
  let lastMs: number | undefined
  for await (const record of limpet.history(info.id, { from: 0 })) {
    if (record.type === 'checkpoint') continue // histories have none
    // The first record says how large the terminal was, unless it is no longer kept.
    if (lastMs === undefined)
      introduce(info, record.type === 'resize' ? record.size : info.terminal)
    if (record.type !== 'gap' || lastMs === undefined) lastMs = record.timeUs / 1000
    if (!(await clock.turnOf(lastMs))) return stopped(lastMs - info.startedAt)
    if (record.type === 'resize') sizes.push(record.size)
    else await write(process.stdout, shownOf(record, screen))
  }
  return { hasEnded: true, farewell: farewellOf(info, sizes) }
}

function introduce(info: SessionInfo, size: TerminalSize | undefined): void {
  const keys = process.stdin.isTTY ? '; space stops, right skips, q ends' : ''
  say(`replay of ${titleOf(info)}${tooSmall(size)}${keys}`)
}

function shownOf(record: OutputRecord, screen: ReplayFilter): Uint8Array | string {
  if (record.type === 'output') return screen.push(record.bytes)
  if (record.type === 'gap') return `\x1b[0m\r\n[limpet: ${describeGap(record.gap)}]\r\n`
  return ''
}

function stopped(playedMs: number): Played {
  return { hasEnded: false, farewell: `stopped after ${formatAge(playedMs)} of the recording` }
}

function farewellOf(info: SessionInfo, sizes: readonly TerminalSize[]): string {
  const end = info.exit
    ? describeExit(info.exit)
    : info.state === 'lost'
      ? 'was lost'
      : 'still runs'
  const changes = sizes.length < 2 ? '' : `; its sizes were ${sizes.map(inWords).join(', ')}`
  return `end of the recording; ${titleOf(info)} ${end}${changes}`
}

/** A larger screen than ours comes out wrapped: better said before than wondered at. */
function tooSmall(recorded: TerminalSize | undefined): string {
  const { columns, rows, isTTY } = process.stdout
  if (!isTTY || recorded === undefined) return ''
  if (recorded.columns <= columns && recorded.rows <= rows) return ''
  return ` of ${inWords(recorded)}, which this terminal of ${inWords({ columns, rows })} shows wrapped`
}

function inWords({ columns, rows }: TerminalSize): string {
  return `${columns} × ${rows}`
}

function say(text: string): void {
  process.stderr.write(`limpet: ${text}\n`)
}
