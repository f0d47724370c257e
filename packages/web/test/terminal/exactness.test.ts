import { Terminal } from '@xterm/xterm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Exactness } from '../../src/terminal/exactness.ts'

describe('a screen that was restored after skipped output', () => {
  let terminal: Terminal
  let exactness: Exactness

  beforeEach(() => {
    terminal = new Terminal({ cols: 10, rows: 4, allowProposedApi: true })
    exactness = new Exactness(terminal)
    exactness.restore(false, 1000)
  })
  afterEach(() => terminal.dispose())

  async function isExactAfter(text: string): Promise<boolean> {
    await new Promise<void>((resolve) => terminal.write(text, resolve))
    return exactness.isExact.value
  }

  test('stays doubtful while little is drawn', async () => {
    expect(await isExactAfter('hello\r\n\u001b[K\u001b[J')).toBe(false)
    exactness.noteParsed(1159)
    expect(exactness.isExact.value).toBe(false)
  })

  test.each([
    ['all of it is erased', '\u001b[H\u001b[2J'],
    ['the terminal is reset', '\u001bc'],
    ['a program takes the whole screen', '\u001b[?1049h'],
  ])('is right again once %s', async (_name, text) => {
    expect(await isExactAfter(text)).toBe(true)
    // And doubtful again after the next hole.
    exactness.restore(false, 2000)
    expect(exactness.isExact.value).toBe(false)
  })

  test('is right again once so much came that nothing of before can be left', () => {
    exactness.noteParsed(1160)
    expect(exactness.isExact.value).toBe(true)
  })
})
