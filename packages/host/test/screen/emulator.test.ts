import { encodeFact, encodeRecord, byteOffset, RECORD_KIND } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { Emulator } from '../../src/screen/emulator.ts'
import { emulatorOf, LETTERS, output } from './round-trip.ts'

const size = { columns: 20, rows: 6 }

/** Feeds text as one record after the other. */
function feeder(emulator: Emulator, from = 0) {
  let offset = from
  return (text: string | Uint8Array) => {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
    const answers = emulator.feed(output(bytes, offset))
    offset += bytes.byteLength
    return answers
  }
}

function resized(columns: number, rows: number, offset: number): Uint8Array {
  const payload = encodeFact({ columns, rows })
  return encodeRecord({ kind: RECORD_KIND.resize, timeUs: 0, offset: byteOffset(offset), payload })
}

const textOf = (emulator: Emulator): string => Buffer.from(emulator.checkpoint().bytes).toString()

describe('Emulator', () => {
  it('makes checkpoints only where no sequence and no character is half read', () => {
    const emulator = emulatorOf(size)
    const feed = feeder(emulator)
    const bytes = new TextEncoder().encode('ab\x1b[31mré')
    const offsets: number[] = []
    for (const byte of bytes) {
      feed(Uint8Array.of(byte))
      offsets.push(emulator.checkpoint().offset)
    }
    expect(offsets).toEqual([1, 2, 2, 2, 2, 2, 7, 8, 8, 10])
  })

  it('keeps a size that comes inside a sequence behind it', () => {
    const emulator = emulatorOf(size)
    const feed = feeder(emulator)
    feed('ab\x1b[3')
    const record = resized(40, 10, 5)
    emulator.feed(record)
    expect(emulator.checkpoint()).toMatchObject({ offset: 2, columns: 20 })
    feeder(emulator, emulator.fedTo)('1mred')
    expect(emulator.checkpoint()).toMatchObject({ offset: emulator.fedTo, columns: 40, rows: 10 })
  })

  it('holds back only so much of a long string, and its checkpoints stay before it', () => {
    const emulator = emulatorOf(size)
    const feed = feeder(emulator)
    feed('before')
    feed('\x1bP1;2|')
    for (let piece = 0; piece < 10; piece++) feed('x'.repeat(20_000))
    expect(emulator.checkpoint().offset).toBe(6)
    feed('\x1b\\after')
    expect(emulator.checkpoint().offset).toBe(emulator.fedTo)
    expect(textOf(emulator)).toContain('beforeafter')
  })

  it('says of each answer which record asked', () => {
    const feed = feeder(emulatorOf(size))
    expect(feed('plain')).toEqual([])
    expect(feed('\x1b[6n\x1b[c')).toEqual([
      { offset: 5, text: '\x1b[1;6R' },
      { offset: 5, text: '\x1b[?1;2c' },
    ])
    expect(feed('\x1b[')).toEqual([])
    expect(feed('5n')).toEqual([{ offset: 14, text: '\x1b[0n' }])
  })

  it('knows the colours that the program set, and answers for no others', () => {
    const emulator = emulatorOf(size)
    const feed = feeder(emulator)
    expect(feed('\x1b]11;?\x07\x1b]4;1;?\x07')).toEqual([])
    feed('\x1b]11;rgb:12/34/56\x07\x1b]4;1;#abcdef;2;red\x07\x1b]10;#010203\x07\x1b]12;#040506\x07')
    expect(feed('\x1b]11;?\x07').map(({ text }) => text)).toEqual([
      '\x1b]11;rgb:1212/3434/5656\x1b\\',
    ])
    feed('\x1b]110\x07')
    const text = textOf(emulator)
    expect(text).toContain('\x1b]11;rgb:12/34/56\x1b\\\x1b]4;1;rgb:ab/cd/ef\x1b\\')
    expect(text).toContain('\x1b]12;rgb:04/05/06')
    expect(text).not.toContain('\x1b]10;')
    feed('\x1b]104\x07')
    expect(textOf(emulator)).not.toContain('\x1b]4;')
  })

  it('begins behind a line end after a skip, and is inexact until all is drawn anew [SCREEN-2]', () => {
    const emulator = emulatorOf(size)
    feeder(emulator)('before\r\n\x1b[')
    emulator.skip(1000, { columns: 30, rows: 5 })
    const feed = feeder(emulator, 1000)
    feed('31mhalf a line\nwhole')
    expect(emulator.checkpoint()).toMatchObject({ isExact: false, columns: 30, offset: 1020 })
    expect(textOf(emulator)).toContain('before\r\nwhole')
    feed('\x1b[2J')
    expect(emulator.checkpoint().isExact).toBe(true)
    emulator.skip(5000, size)
    expect(emulator.checkpoint().isExact).toBe(false)
    feeder(emulator, 5000)('\x1bc')
    expect(emulator.checkpoint().isExact).toBe(true)
  })

  it('drops scrollback where a checkpoint would not fit a frame', () => {
    const emulator = new Emulator({
      size: { columns: 500, rows: 100 },
      offset: 0,
      isExact: true,
      letters: LETTERS,
    })
    const feed = feeder(emulator)
    for (let line = 0; line < 1100; line++) {
      feed(
        Array.from({ length: 249 }, (_, cell) => `\x1b[38;5;${16 + ((cell + line) % 200)}mx `).join(
          '',
        ) + '\r\n',
      )
    }
    const { bytes, isExact } = emulator.checkpoint()
    expect(isExact).toBe(true)
    expect(bytes.byteLength).toBeGreaterThan(100_000)
    expect(bytes.byteLength).toBeLessThanOrEqual(1_047_552)
  })

  it('restores from its own checkpoint, colours and all', () => {
    const first = emulatorOf(size)
    feeder(first)('\x1b]11;#123456\x07\x1b[?1004h\x1b[2;4rtext')
    const checkpoint = first.checkpoint()
    const second = new Emulator({
      size,
      offset: checkpoint.offset,
      isExact: false,
      letters: LETTERS,
    })
    second.restore(checkpoint.bytes)
    expect(second.checkpoint()).toEqual({ ...checkpoint, isExact: false })
    expect(second.feed(output(Buffer.from('x'), checkpoint.offset))).toEqual([])
  })
})
