import { Terminal } from '@xterm/xterm'
import { afterEach, describe, expect, test } from 'vitest'
import { Projector, SNAPSHOT_BYTES, type Snapshot } from '../../src/player/projector.ts'
import { recordingOf, type LogRecord, type Recording } from '../../src/player/recording.ts'
import { recordsOf } from './records.ts'

const size = { columns: 80, rows: 24 }

describe('a projector', () => {
  const made: Projector[] = []
  afterEach(() => {
    for (const projector of made.splice(0)) projector.dispose()
  })

  function project(records: readonly LogRecord[], snapshots: Snapshot[] = []): Projector {
    const recording: Recording = recordingOf(records, size)
    const xterm = new Terminal({ cols: 80, rows: 24, allowProposedApi: true })
    const projector = new Projector({ recording, xterm, snapshots })
    made.push(projector)
    return projector
  }

  function screenOf({ xterm }: Projector): string[] {
    const { active } = xterm.buffer
    return Array.from(
      { length: xterm.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    )
  }

  const always = (): boolean => true

  test('shows exactly the first records, and goes on from there', async () => {
    const projector = project(recordsOf('one\r\n', 'two\r\n', 'three'))
    await projector.feed(2, always)
    expect(screenOf(projector).slice(0, 3)).toEqual(['one', 'two', ''])
    await projector.feed(3, always)
    expect(screenOf(projector)[2]).toBe('three')
  })

  test('goes back to a snapshot, and shows what a fresh one shows', async () => {
    const line = (index: number): string => `\u001b[${31 + (index % 6)}mline ${index}\u001b[0m\r\n`
    const flood = Array.from({ length: 60 }, (_, part) =>
      Array.from({ length: 4000 }, (_line, index) => line(part * 4000 + index)).join(''),
    )
    const records = recordsOf(...flood)
    const snapshots: Snapshot[] = []
    const projector = project(records, snapshots)
    await projector.feed(60, always)
    expect(snapshots.length).toBeGreaterThan(2)
    projector.rewind(45)
    // Not from the beginning: that is what snapshots are for.
    expect(projector.record).toBeGreaterThan(30)
    await projector.feed(45, always)
    const fresh = project(records)
    await fresh.feed(45, always)
    expect(screenOf(projector)).toEqual(screenOf(fresh))
    expect(SNAPSHOT_BYTES).toBeLessThan(flood.join('').length)
  })

  test('takes no snapshot of a state that it would lose', async () => {
    const snapshots: Snapshot[] = []
    const flood = 'x'.repeat(99).concat('\r\n').repeat(12_000)
    const projector = project(recordsOf('\u001b[2;10r', flood, flood), snapshots)
    await projector.feed(3, always)
    expect(snapshots).toEqual([])
  })

  test('stops between steps when nobody wants it any more', async () => {
    const projector = project(recordsOf(...Array.from({ length: 50 }, () => 'y'.repeat(64_000))))
    await projector.feed(50, () => projector.record < 10)
    expect(projector.record).toBeLessThan(50)
  })
})
