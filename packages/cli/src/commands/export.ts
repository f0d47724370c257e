// Owns `limpet export`: a session as a recording for other players, or as text to read and search.

import { open, rename, rm } from 'node:fs/promises'
import { asciicast, plainText, type Limpet, type OutputRecord } from '@limpet/client'
import type { SessionInfo } from '@limpet/protocol'
import { readVersion } from '../build.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { signalNumber } from '../exit-status.ts'
import { findSession } from '../find-session.ts'
import { describeGap } from '../gap-notice.ts'
import { ReaderGone, write } from '../output.ts'
import { connectTo, type TargetOptions } from '../target.ts'

export interface ExportOptions extends TargetOptions {
  readonly session: string
  /** asciicast, asciicast-v3 or text. */
  readonly format: string
  /** Path of a file. @default stdout */
  readonly output?: string
}

/** Lines of a recording are short: many go in one write. */
const WRITE_CHARACTERS = 64 * 1024

/** Of sessions without a terminal. */
const DEFAULT_SIZE = { columns: 80, rows: 24 }

type Records = AsyncIterable<OutputRecord>
type Format = (records: Records, info: SessionInfo) => AsyncIterable<string>

const FORMATS: Readonly<Record<string, Format>> = {
  asciicast: (records, info) => recording(records, info, 2),
  'asciicast-v3': (records, info) => recording(records, info, 3),
  text: (records) => plainText(records),
}

export async function exportSession(options: ExportOptions): Promise<number> {
  const { format, output } = options
  const convert = FORMATS[format]
  if (convert === undefined) {
    const known = Object.keys(FORMATS).join(', ')
    throw new CommandError('USAGE', `"${format}" is no format: take one of ${known}.`)
  }
  const how = { startHost: 'for-logs', build: readVersion() } as const
  await using limpet = await connectTo(options, how)
  const info = findSession(await limpet.sessions(), options.session)
  const { first, records } = await opened(recordsOf(limpet, info))
  // The first record says how large the terminal was, unless it is no longer kept.
  const terminal = first?.type === 'resize' ? first.size : info.terminal
  const pieces = gathered(convert(records, { ...info, ...(terminal && { terminal }) }))
  if (output !== undefined && output !== '-') {
    await writeFile(output, pieces)
    return EXIT.ok
  }
  try {
    for await (const piece of pieces) await write(process.stdout, piece)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error
    return EXIT.signalBase + signalNumber('SIGPIPE')
  }
}

function recording(records: Records, info: SessionInfo, version: 2 | 3): AsyncIterable<string> {
  return asciicast(records, {
    version,
    size: info.terminal ?? DEFAULT_SIZE,
    title: info.name ?? info.title,
    startedAt: info.startedAt,
    isTerminal: info.terminal !== undefined,
  })
}

/** What is missing is said in the file, and to whoever makes it. */
async function* recordsOf(limpet: Limpet, info: SessionInfo): AsyncGenerator<OutputRecord, void> {
  for await (const record of limpet.history(info.id, { from: 0 })) {
    if (record.type === 'gap') process.stderr.write(`limpet: ${describeGap(record.gap)}\n`)
    yield record
  }
}

/** Looks at the first record; it comes again with the others. */
async function opened(
  records: AsyncGenerator<OutputRecord, void>,
): Promise<{ readonly first: OutputRecord | undefined; readonly records: Records }> {
  const head = await records.next()
  const first = head.done ? undefined : head.value
  async function* all(): AsyncGenerator<OutputRecord, void> {
    if (first !== undefined) yield first
    yield* records
  }
  return { first, records: all() }
}

async function* gathered(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  let waiting = ''
  for await (const piece of pieces) {
    waiting += piece
    if (waiting.length < WRITE_CHARACTERS) continue
    yield waiting
    waiting = ''
  }
  if (waiting !== '') yield waiting
}

/** A file that is there holds all of it: half an export looks like a whole one. */
async function writeFile(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const draft = `${path}.${process.pid}.part`
  try {
    const file = await open(draft, 'w', 0o600) // output of programs may hold secrets
    try {
      for await (const piece of pieces) await file.write(piece)
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
