import { byteOffset } from '@limpet/protocol'
import { Terminal } from '@xterm/xterm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hookQueries, type QueryHooks } from '../../src/terminal/query-hooks.ts'
import { TerminalFeed, type PlacedFact } from '../../src/terminal/terminal-feed.ts'

describe('records on their way into a terminal', () => {
  let terminal: Terminal
  let hooks: QueryHooks
  let feed: TerminalFeed
  /** What came out, in order: answers with the offset they were asked at, typing, facts, batches. */
  let events: string[]
  let end = 0

  beforeEach(() => {
    end = 0
    events = []
    terminal = new Terminal({ cols: 80, rows: 24, allowProposedApi: true })
    hooks = hookQueries(terminal)
    feed = new TerminalFeed({
      terminal,
      handleFact: (fact) =>
        events.push(`${fact.type} at ${fact.offset}, cursor ${terminal.buffer.active.cursorX}`),
      handleParsed: (parsed) => events.push(`parsed ${parsed}`),
    })
    terminal.onData((data) => {
      events.push(hooks.isAnswering() ? `answer at ${feed.offset}` : `typed ${data}`)
    })
  })
  afterEach(() => terminal.dispose())

  function output(text: string): PlacedFact {
    const bytes = new TextEncoder().encode(text)
    return { type: 'output', stream: 'stdout', bytes, ...place(bytes.byteLength) }
  }

  function place(length: number): { offset: number; end: number } {
    const offset = end
    end += length
    return { offset, end }
  }

  function checkpoint(screen: string): PlacedFact {
    const offset = byteOffset(end)
    const bytes = new TextEncoder().encode(screen)
    const state = { offset, columns: 40, rows: 10, isExact: true, bytes }
    return { type: 'checkpoint', checkpoint: state, offset, end: offset }
  }

  async function parsed(...records: readonly PlacedFact[]): Promise<readonly string[]> {
    for (const record of records) feed.push(record)
    // xterm tells that a batch was parsed after the callbacks of what is in it.
    const told = new Promise<void>((resolve) => terminal.onWriteParsed(resolve))
    await new Promise<void>((resolve) => terminal.write('', resolve))
    await told
    return events
  }

  test('facts come in their place between the output', async () => {
    const before = output('abc')
    const resize: PlacedFact = { type: 'resize', size: { columns: 90, rows: 30 }, ...place(5) }
    expect(await parsed(before, resize, output('de'))).toEqual([
      'resize at 3, cursor 3',
      'parsed 10',
    ])
    expect(terminal.buffer.active.cursorX).toBe(5)
  })

  test('an answer is told with the offset of the record that asked', async () => {
    await parsed(output('hello'), output('\u001b[c'), output('\u001b[6n'))
    expect(events.filter((event) => event.startsWith('answer'))).toEqual([
      'answer at 5',
      'answer at 8',
    ])
  })

  test('a query that is split over records is asked where it ends', async () => {
    await parsed(output('\u001b['), output('c'))
    expect(events.filter((event) => event.startsWith('answer'))).toEqual(['answer at 2'])
  })

  test.each([
    ['DA1', '\u001b[c'],
    ['DA2', '\u001b[>c'],
    ['DSR', '\u001b[5n'],
    ['CPR', '\u001b[6n'],
    ['private CPR', '\u001b[?6n'],
    ['DECRQM', '\u001b[4$p'],
    ['private DECRQM', '\u001b[?2026$p'],
    ['DECRQSS', '\u001bP$qm\u001b\\'],
  ])('%s is answered, and the answer is no typing', async (_, query) => {
    await parsed(output(query))
    expect(events.map((event) => event.split(' ')[0])).toEqual(['answer', 'parsed'])
  })

  test('what is typed after a query is typing', async () => {
    await parsed(output('\u001b[c\u001b[5n'))
    terminal.input('x')
    expect(events.at(-1)).toBe('typed x')
  })

  test('a query that xterm does not answer does not make the next key an answer', async () => {
    await parsed(output('\u001b[>q\u001b]4;1;?\u0007'))
    terminal.input('x')
    expect(events.at(-1)).toBe('typed x')
  })

  test('focus reports that a program turns on are answers, not typing', async () => {
    // Not opened, a terminal has no focus to report; what counts is that nothing is typed.
    await parsed(output('\u001b[?1004h'))
    expect(events.some((event) => event.startsWith('typed'))).toBe(false)
  })

  test('[SCREEN-3] a checkpoint throws away what the terminal showed, in its place among the records', async () => {
    await parsed(
      output('old\r\n'.repeat(100) + '\u001b[?1049h\u001b[31mold'),
      checkpoint('new'),
      output(' and newer'),
    )
    const { active, normal } = terminal.buffer
    expect(active.type).toBe('normal')
    expect(normal.baseY).toBe(0)
    expect(normal.getLine(0)?.translateToString(true)).toBe('new and newer')
    expect(normal.getLine(0)?.getCell(0)?.isFgDefault()).toBe(true)
    expect(events.filter((event) => event.startsWith('checkpoint'))).toEqual([
      'checkpoint at 516, cursor 0',
    ])
  })

  test('a checkpoint after a gap that tore a sequence and a letter is whole', async () => {
    await parsed(output('x\u001b]0;half a tit'), checkpoint('\u001b[1mnew'))
    expect(terminal.buffer.active.getLine(0)?.translateToString(true)).toBe('new')
    const torn: PlacedFact = {
      type: 'output',
      stream: 'stdout',
      bytes: Uint8Array.of(0xe2, 0x82),
      ...place(2),
    }
    await parsed(torn, checkpoint('ä€'))
    expect(terminal.buffer.active.getLine(0)?.translateToString(true)).toBe('ä€')
  })

  test('what a checkpoint asks is told from what the program asks', async () => {
    const asked: boolean[] = []
    terminal.onData(() => asked.push(feed.isRestoring))
    await parsed(output('\u001b[c'), checkpoint('\u001b[c'), output('\u001b[5n'))
    expect(asked).toEqual([false, true, false])
  })

  test('acknowledges a flood once per batch, to its end', async () => {
    const records = Array.from({ length: 500 }, () => output('x'.repeat(100)))
    await parsed(...records)
    expect(events.at(-1)).toBe(`parsed ${byteOffset(50_000)}`)
    expect(events.length).toBeLessThan(50)
  })
})
