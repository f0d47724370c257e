import { Terminal } from '@xterm/xterm'
import { describe, expect, test } from 'vitest'
import { readOutput, textOf } from '../../src/terminal/output.ts'
import { NO_COLOR, readLines, RGB_COLOR, STYLE, type Run } from '../../src/terminal/styled-lines.ts'

const SCROLLBACK = 100

/** What a terminal of 10 × 4 has in its buffer after the text. */
async function terminalWith(text: string): Promise<Terminal> {
  const terminal = new Terminal({
    cols: 10,
    rows: 4,
    scrollback: SCROLLBACK,
    convertEol: true,
    allowProposedApi: true,
  })
  await new Promise<void>((resolve) => terminal.write(text, resolve))
  return terminal
}

async function linesOf(text: string): Promise<readonly string[]> {
  const { buffer } = await terminalWith(text)
  const { lines } = readOutput(buffer.normal, 1000, SCROLLBACK)
  return lines.map((line) => line.map((run) => run.text).join(''))
}

async function firstLine(text: string): Promise<readonly Run[]> {
  const { buffer } = await terminalWith(text)
  return readLines(buffer.normal, 0, 1)[0] ?? []
}

const plain = { foreground: NO_COLOR, background: NO_COLOR, flags: 0 }

describe('output read off a terminal', () => {
  test('is the lines that were written, without the empty screen below', async () => {
    expect(await linesOf('one\ntwo\n')).toEqual(['one', 'two'])
  })

  test('is nothing when nothing was written', async () => {
    expect(await linesOf('')).toEqual([])
  })

  test('has a last line that is not finished, and empty ones between', async () => {
    expect(await linesOf('a\n\nName: ')).toEqual(['a', '', 'Name:'])
  })

  test('joins what the terminal wrapped', async () => {
    expect(await linesOf('0123456789abcdefghijKLM\nx')).toEqual(['0123456789abcdefghijKLM', 'x'])
  })

  test('has what a carriage return left, as progress bars mean it', async () => {
    expect(await linesOf('10%\r50%\r100%\n')).toEqual(['100%'])
  })

  test('has what was drawn below the cursor', async () => {
    expect(await linesOf('a\n\nb\u001b[H')).toEqual(['a', '', 'b'])
  })

  test('is the last lines when only so many are wanted, and how many there are', async () => {
    const { buffer } = await terminalWith(
      Array.from({ length: 50 }, (_, n) => `line ${n}\n`).join(''),
    )
    const output = readOutput(buffer.normal, 2, SCROLLBACK)
    expect([textOf(output), output.total, output.isCut]).toEqual(['line 48\nline 49\n', 50, false])
  })

  test('counts wrapped lines once', async () => {
    const { buffer } = await terminalWith('0123456789abc\nx\n')
    expect(readOutput(buffer.normal, 1, SCROLLBACK).total).toBe(2)
  })

  test('says when lines above the first kept one are gone', async () => {
    const { buffer } = await terminalWith('x\n'.repeat(200))
    const output = readOutput(buffer.normal, 1000, SCROLLBACK)
    expect([output.isCut, output.total]).toEqual([true, SCROLLBACK + 3])
  })
})

describe('a line', () => {
  test('is cut where its look changes', async () => {
    expect(await firstLine('a\u001b[1;31mb\u001b[0mc')).toEqual([
      { ...plain, text: 'a' },
      { ...plain, text: 'b', foreground: 1, flags: STYLE.bold },
      { ...plain, text: 'c' },
    ])
  })

  test('has palette and true colours', async () => {
    expect(await firstLine('\u001b[38;5;208;48;2;1;2;3mx')).toEqual([
      { ...plain, text: 'x', foreground: 208, background: RGB_COLOR + 0x010203 },
    ])
  })

  test('has every style', async () => {
    const flags = STYLE.dim | STYLE.italic | STYLE.underlined | STYLE.inverse | STYLE.struckThrough
    expect(await firstLine('\u001b[2;3;4;7;9mx')).toEqual([{ ...plain, text: 'x', flags }])
  })

  test('keeps blanks that are seen, and drops those that are not', async () => {
    expect(await firstLine('a \u001b[44m  \u001b[0m  ')).toEqual([
      { ...plain, text: 'a ' },
      { ...plain, text: '  ', background: 4 },
    ])
  })

  test('marks characters of two columns', async () => {
    expect(await firstLine('a漢字')).toEqual([
      { ...plain, text: 'a' },
      { ...plain, text: '漢字', flags: STYLE.wide },
    ])
  })
})
