import { byteOffset, type Fact } from '@limpet/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asciicast, type AsciicastOptions, type OutputRecord } from '../../src/index.ts'

const SIZE = { columns: 80, rows: 24 }
const START_US = 1_700_000_000_500_000

/** A record at a time in microseconds since the start. */
function at(timeUs: number, fact: Fact): OutputRecord {
  const place = { offset: byteOffset(0), end: byteOffset(0) }
  return { ...fact, ...place, timeUs: START_US + timeUs, isContinued: false }
}

function output(text: string | Uint8Array, stream: 'stdout' | 'stderr' = 'stdout'): Fact {
  return { type: 'output', stream, bytes: typeof text === 'string' ? Buffer.from(text) : text }
}

const EXIT: Fact = { type: 'exit', exit: { code: 3, signal: null, durationMs: 1 } }

async function cast(
  records: Iterable<OutputRecord>,
  options: Partial<AsciicastOptions> = {},
): Promise<unknown[]> {
  const lines: unknown[] = []
  for await (const line of asciicast(records, { version: 3, size: SIZE, ...options })) {
    expect(line.endsWith('\n')).toBe(true)
    lines.push(JSON.parse(line))
  }
  return lines
}

describe('an asciicast', () => {
  const records = [
    at(0, output('a')),
    at(248_848, { type: 'resize', size: { columns: 132, rows: 43 } }),
    at(248_849, output('b', 'stderr')),
    at(1_000_000, { type: 'gap', gap: { from: byteOffset(3), to: byteOffset(9) } }),
    at(1_500_000, EXIT),
  ]

  it('of version 2 has the size in its header, and times since the start', async () => {
    expect(await cast(records, { version: 2, title: 'Demo' })).toEqual([
      { version: 2, width: 80, height: 24, timestamp: 1_700_000_000, title: 'Demo' },
      [0, 'o', 'a'],
      [0.248848, 'r', '132x43'],
      [0.248849, 'o', 'b'],
      [1, 'm', 'output from byte 3 to 9 is missing'],
    ])
  })

  it('of version 3 has the terminal in its header, intervals, and the exit status', async () => {
    expect(await cast(records)).toEqual([
      { version: 3, term: { cols: 80, rows: 24 }, timestamp: 1_700_000_000 },
      [0, 'o', 'a'],
      [0.248848, 'r', '132x43'],
      [0.000001, 'o', 'b'],
      [0.751151, 'm', 'output from byte 3 to 9 is missing'],
      [0.5, 'x', '3'],
    ])
  })

  it('counts from when the session started, if that is said', async () => {
    const startedAt = START_US / 1000 - 2000
    expect(await cast([at(0, output('a'))], { startedAt })).toEqual([
      { version: 3, term: { cols: 80, rows: 24 }, timestamp: 1_699_999_998 },
      [2, 'o', 'a'],
    ])
  })

  it('never goes back in time when the host sets its clock back', async () => {
    const [, ...events] = await cast([
      at(0, output('a')),
      at(5_000_000, output('b')),
      at(-9_000_000, output('c')),
      at(6_000_000, output('d')),
    ])
    expect(events).toEqual([
      [0, 'o', 'a'],
      [5, 'o', 'b'],
      [0, 'o', 'c'],
      [1, 'o', 'd'],
    ])
  })

  it('shows a checkpoint on a fresh terminal of its size', async () => {
    const bytes = Buffer.from('screen')
    const offset = byteOffset(7)
    const checkpoint = { offset, columns: 132, rows: 43, isExact: true, bytes }
    const record: OutputRecord = { type: 'checkpoint', checkpoint, offset, end: offset }
    const [, ...events] = await cast([record, at(0, output('new'))])
    expect(events).toEqual([
      [0, 'r', '132x43'],
      [0, 'o', '\u001Bcscreen'],
      [0, 'o', 'new'],
    ])
  })

  it('of pipes moves the player to the beginning of each line', async () => {
    const [, ...events] = await cast([at(0, output('a\nb\n'))], { isTerminal: false })
    expect(events).toEqual([[0, 'o', 'a\r\nb\r\n']])
  })

  it('gives the status of a signal as a shell does', async () => {
    for (const [signal, status] of [
      ['SIGHUP', '129'],
      ['SIGKILL', '137'],
      ['SIGTERM', '143'],
      ['SIGSYS', '159'],
      ['SIGRTMIN+1', '128'],
    ]) {
      const exit: Fact = { type: 'exit', exit: { code: null, signal: signal ?? '', durationMs: 1 } }
      expect((await cast([at(0, exit)])).at(-1)).toEqual([0, 'x', status])
    }
  })

  it('of nothing is its header', async () => {
    expect(await cast([])).toEqual([{ version: 3, term: { cols: 80, rows: 24 } }])
  })

  it('[LOG-3] has each character whole, wherever the records were split, each stream by itself', async () => {
    const text = 'é€😀Ω x'
    const bytes = Buffer.from(text)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end))
        const both = pieces.flatMap((piece) => [
          at(0, output(piece)),
          at(0, output(piece, 'stderr')),
        ])
        const [, ...events] = (await cast(both)) as [unknown, ...[number, string, string][]]
        const all = events.map(([, , data]) => data).join('')
        expect(all).not.toContain('\uFFFD')
        expect(Array.from(all).toSorted()).toEqual(Array.from(text + text).toSorted())
      }),
      { numRuns: 50 },
    )
  })

  it('shows that a character was cut off by a gap, or by the end', async () => {
    const half = Buffer.from('é').subarray(0, 1)
    const [, ...events] = await cast([
      at(0, output(half)),
      at(0, { type: 'gap', gap: { from: byteOffset(1), to: byteOffset(9) } }),
      at(0, output('b')),
      at(0, output(half)),
    ])
    expect(events).toEqual([
      [0, 'o', '\uFFFD'],
      [0, 'm', 'output from byte 1 to 9 is missing'],
      [0, 'o', 'b'],
      [0, 'o', '\uFFFD'],
    ])
  })
})
