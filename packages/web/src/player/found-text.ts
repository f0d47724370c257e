// Owns finding text in a whole recording: the output without its escape sequences, and which record wrote which part
// of it. Pure but for taking turns with the page.

import type { OutputRecord } from '@limpet/client'

/** One place where the text stands. */
export interface Match {
  /** The record that wrote its last letter. */
  readonly record: number
}

export interface SearchableText {
  readonly text: string
  /** Of each record: how much text was there after it. */
  readonly ends: Uint32Array
}

/** More than this nobody walks through. */
export const MAX_MATCHES = 10_000

/** Bytes that are read before the page gets its turn. */
const TURN_BYTES = 2_000_000

/** Sequences that move the cursor: what follows stands somewhere else. */
const MOVES =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /\u001b\[[0-9;?]*[ABCDEFGHJSTdf]/g

/** All others, and control characters but the line feed. */
const SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- as above
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]|[\u0000-\u0008\u000b-\u001f\u007f]/g

/** A sequence whose end is still to come, at the end of a piece. */
const UNFINISHED =
  // oxlint-disable-next-line no-control-regex -- as above
  /\u001b(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001b]{0,4096}|[ -/]*)?$/

/** Gives the page its turn between pieces. */
export async function readText(
  records: readonly OutputRecord[],
  signal: AbortSignal,
): Promise<SearchableText> {
  const decoder = new TextDecoder()
  const ends = new Uint32Array(records.length)
  const pieces: string[] = []
  let length = 0
  let rest = ''
  let turnBytes = 0
  for (const [index, record] of records.entries()) {
    if (record.type === 'output') {
      const raw = rest + decoder.decode(record.bytes, { stream: true })
      rest = UNFINISHED.exec(raw)?.[0] ?? ''
      const piece = raw
        .slice(0, raw.length - rest.length)
        .replace(MOVES, '\n')
        .replace(SEQUENCES, '')
      pieces.push(piece)
      length += piece.length
      turnBytes += record.bytes.byteLength
    }
    ends[index] = length
    if (turnBytes < TURN_BYTES) continue
    turnBytes = 0
    await turn()
    signal.throwIfAborted()
  }
  return { text: pieces.join(''), ends }
}

/** @returns where the query stands, whatever the case, in order, MAX_MATCHES at most */
export function findAll({ text, ends }: SearchableText, query: string): readonly Match[] {
  if (query === '') return []
  const pattern = new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi')
  const matches: Match[] = []
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    matches.push({ record: recordAt(ends, found.index + found[0].length) })
    if (matches.length === MAX_MATCHES) break
  }
  return matches
}

/** @param length of the text that is to be there @returns the first record after which it is */
function recordAt(ends: Uint32Array, length: number): number {
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ends[middle] ?? 0) >= length) high = middle
    else low = middle + 1
  }
  return low
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve)
  })
}
