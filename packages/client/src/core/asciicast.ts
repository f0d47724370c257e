// Owns the export of a session as a recording for asciinema and other players: newline-delimited JSON, in the
// layouts of https://docs.asciinema.org/manual/asciicast/v2 and …/v3. Before: records of a log; after: a file.
//
//   v2   {"version":2,"width":80,"height":24,…}               [seconds since the start, code, data]
//   v3   {"version":3,"term":{"cols":80,"rows":24},…}         [seconds since the event before, code, data]
//   code: o output, r size "80x24", m marker, x exit status (v3 alone)

import type { ExitStatus, TerminalSize } from '@limpet/protocol'
import type { OutputRecord } from './output-record.ts'
import { OutputText, textOf } from './text.ts'

export interface AsciicastOptions {
  /** 3 is written by asciinema since 3.0; older players read 2. */
  readonly version: 2 | 3
  /** Of the terminal when the first record was written. */
  readonly size: TerminalSize
  readonly title?: string
  /** Milliseconds since 1970: times count from here. @default the time of the first record */
  readonly startedAt?: number
  /** False: the output went into pipes, so its lines end in LF alone, and the player needs a CR. @default true */
  readonly isTerminal?: boolean
}

/** Puts the terminal into its first state: a checkpoint is written to a fresh one. */
const RESET = '\u001Bc'

/** Number of each signal, by its place: what a shell adds to 128 when a signal has ended a program. */
const SIGNALS =
  ' HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'

/**
 * Writes records as an asciicast.
 * @param records such as `limpet.history` gives
 * @returns lines, each with its newline: written one after the other they are the file
 * @example
 * const { terminal: size = { columns: 80, rows: 24 } } = shell.info
 * for await (const line of asciicast(limpet.history(shell.id), { version: 3, size })) show(line)
 */
export async function* asciicast(
  records: AsyncIterable<OutputRecord> | Iterable<OutputRecord>,
  options: AsciicastOptions,
): AsyncGenerator<string, void> {
  const { startedAt, isTerminal = true } = options
  const text = new OutputText()
  let clock = startedAt === undefined ? undefined : new EventClock(options, startedAt * 1000)
  if (clock) yield header(options, startedAt)
  for await (const record of records) {
    const timeUs = 'timeUs' in record ? record.timeUs : undefined
    if (!clock) {
      yield header(options, timeUs === undefined ? undefined : timeUs / 1000)
      clock = new EventClock(options, timeUs)
    }
    clock.moveTo(timeUs)
    for (const [code, data] of eventsOf(record, text)) {
      if (code === 'x' && options.version === 2) continue
      const shown = code === 'o' && !isTerminal ? data.replaceAll('\n', '\r\n') : data
      yield line([clock.tick(), code, shown])
    }
  }
  if (!clock) yield header(options, undefined)
  const rest = text.finish()
  if (rest !== '') yield line([clock?.tick() ?? 0, 'o', rest])
}

type Event = readonly [code: 'o' | 'r' | 'm' | 'x', data: string]

function eventsOf(record: OutputRecord, text: OutputText): Event[] {
  switch (record.type) {
    case 'output':
      return output(text.decode(record.stream, record.bytes))
    case 'resize':
      return [['r', sizeOf(record.size)]]
    case 'gap': {
      const { from, to } = record.gap
      return [...output(text.finish()), ['m', `output from byte ${from} to ${to} is missing`]]
    }
    case 'checkpoint': {
      const { bytes } = record.checkpoint
      const screen = RESET + textOf(bytes)
      return [...output(text.finish()), ['r', sizeOf(record.checkpoint)], ['o', screen]]
    }
    case 'exit':
      return [...output(text.finish()), ['x', String(statusOf(record.exit))]]
    default:
      return [] // what other records say is of no use to a player
  }
}

function output(text: string): Event[] {
  return text === '' ? [] : [['o', text]]
}

function header(options: AsciicastOptions, startedAt: number | undefined): string {
  const { version, size, title } = options
  const { columns, rows } = size
  return line({
    version,
    ...(version === 2 ? { width: columns, height: rows } : { term: { cols: columns, rows } }),
    ...(startedAt !== undefined && { timestamp: Math.floor(startedAt / 1000) }),
    ...(title !== undefined && { title }),
  })
}

/** Times of events, in whole microseconds until they are written, so that intervals add up. */
class EventClock {
  readonly #isRelative: boolean
  #startUs: number | undefined
  #nowUs = 0
  #lastUs = 0

  constructor({ version }: AsciicastOptions, startUs: number | undefined) {
    this.#isRelative = version === 3
    this.#startUs = startUs
  }

  /** The host's wall clock may be set back; a recording's time is not. */
  moveTo(timeUs: number | undefined): void {
    if (timeUs === undefined) return
    this.#startUs ??= timeUs
    this.#nowUs = Math.max(this.#nowUs, Math.round(timeUs - this.#startUs))
  }

  /** @returns the time of an event in seconds: since the start, or since the event before */
  tick(): number {
    const sinceUs = this.#isRelative ? this.#lastUs : 0
    this.#lastUs = this.#nowUs
    return (this.#nowUs - sinceUs) / 1_000_000
  }
}

function sizeOf({ columns, rows }: TerminalSize): string {
  return `${columns}x${rows}`
}

/** As a shell gives it in `$?`. */
function statusOf({ code, signal }: ExitStatus): number {
  if (code !== null) return code
  return 128 + Math.max(SIGNALS.split(' ').indexOf((signal ?? '').replace(/^SIG/, '')), 0)
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
