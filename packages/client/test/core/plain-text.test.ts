import { byteOffset, type Fact } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { plainText, type OutputRecord } from '../../src/index.ts'

function record(fact: Fact): OutputRecord {
  const place = { offset: byteOffset(0), end: byteOffset(0), timeUs: 0, isContinued: false }
  return { ...fact, ...place }
}

function output(bytes: string | Uint8Array, stream: 'stdout' | 'stderr' = 'stdout'): OutputRecord {
  return record({ type: 'output', stream, bytes: Buffer.from(bytes) })
}

async function text(...records: OutputRecord[]): Promise<string> {
  let all = ''
  for await (const piece of plainText(records)) all += piece
  return all
}

describe('plain text', () => {
  it.each([
    ['lines of pipes and of terminals', 'a\nb\r\nc', 'a\nb\nc'],
    ['colours and styles', '\u001B[1;31mred\u001B[0m \u001B[38:2::1:2:3mx', 'red x'],
    ['a progress bar', ' 10%\r 50%\r100%\n', '100%\n'],
    ['a shorter line over a longer one', 'abcdef\rxy\n', 'xycdef\n'],
    ['erasing to the end', 'abcdef\rxy\u001B[K\n', 'xy\n'],
    ['erasing to the beginning', 'abcdef\b\b\u001B[1K\n', '    ef\n'],
    ['erasing a line', 'abc\u001B[2K\rxy\n', 'xy\n'],
    ['backspace', 'lz\bs -l\n', 'ls -l\n'],
    ['man pages', 'b\bbo\bol\bld _\bu\n', 'bold u\n'],
    ['a line edited by readline', 'ac\b\u001B[1@b\u001B[C!\b\u001B[P\n', 'abc\n'],
    ['moving within a line', 'abc\u001B[2Dx\u001B[5Gy\u001B[X\n', 'axc y\n'],
    [
      'titles, links, pictures',
      '\u001B]0;t\u0007a\u001B]8;;http://x\u001B\\b\u001BPq#0\u001B\\c',
      'abc',
    ],
    ['character sets and modes', '\u001B(B\u001B)0\u001B[?1049h\u001B[?25l\u001B=x\u001B7', 'x'],
    ['other controls', 'a\u0007\u0000\u000E\u007Fb\u0085c', 'abc'],
    ['eight-bit sequences', 'a\u009B31mb\u009D0;t\u009Cc', 'abc'],
    ['a sequence with a control in it', 'a\u001B[3\n1mb', 'a\nb'],
    ['a sequence that was given up', 'a\u001B[31\u0018b\u001B[\u001B[31mc', 'abc'],
    ['characters outside the BMP', '😀😀\b\bx\n', 'x😀\n'],
    [
      'a screen that is painted',
      '\u001B[H\u001B[2Jone\u001B[2;1Htwo\u001B[3dthree',
      'one\ntwo\nthree',
    ],
    ['tabs', 'a\tb\n', 'a\tb\n'],
  ])('has %s as people read them', async (_what, written, read) => {
    expect(await text(output(written))).toBe(read)
  })

  it('is the same wherever the records were split', async () => {
    const written =
      'é\u001B[1mbold\u001B[0m\rE\u001B]0;title\u001B\\\u001B[3C!\u001B[K 😀\b\b.\r\nend'
    const bytes = Buffer.from(written)
    const whole = await text(output(bytes))
    expect(whole).toBe('Ebol!.😀\nend')
    for (let cut = 1; cut < bytes.length; cut++) {
      const split = await text(output(bytes.subarray(0, cut)), output(bytes.subarray(cut)))
      expect(split).toBe(whole)
    }
  })

  it('has both streams in the order in which they were written', async () => {
    expect(await text(output('out\n'), output('err\n', 'stderr'), output('out\n'))).toBe(
      'out\nerr\nout\n',
    )
  })

  it('says in a line of its own what is missing', async () => {
    const gap = record({ type: 'gap', gap: { from: byteOffset(3), to: byteOffset(9) } })
    expect(await text(output('abc\u001B['), gap, output('new\n'))).toBe(
      'abc\n[output from byte 3 to 9 is missing]\nnew\n',
    )
  })

  it('begins a screen on a line of its own, and says nothing of sizes and ends', async () => {
    const offset = byteOffset(7)
    const bytes = Buffer.from('\u001B[1mscreen\u001B[m')
    const checkpoint = { offset, columns: 80, rows: 24, isExact: true, bytes }
    const shown: OutputRecord = { type: 'checkpoint', checkpoint, offset, end: offset }
    const resize = record({ type: 'resize', size: { columns: 1, rows: 1 } })
    expect(await text(output('old'), shown, resize, output('!'))).toBe('old\nscreen!')
  })

  it('hands on a line without end in parts, and loses none of it', async () => {
    const pieces: string[] = []
    const records = Array.from({ length: 64 }, () => output('0123456789'.repeat(1000)))
    for await (const piece of plainText(records)) pieces.push(piece)
    expect(pieces.join('')).toBe('0123456789'.repeat(64_000))
    expect(pieces.length).toBeGreaterThan(32)
  })

  it('is not held up by going back and forth in a line', async () => {
    const records = [output('x'.repeat(4000)), output(`${'\ry'.repeat(20_000)}\n`)]
    expect(await text(...records)).toBe(`y${'x'.repeat(3999)}\n`)
  })
})
