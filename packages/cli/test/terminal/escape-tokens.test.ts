import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EscapeTokenizer } from '../../src/terminal/escape-tokens.ts'

const SEQUENCES = [
  '\x1b[6n',
  '\x1b[?2004h',
  '\x1b[38;2;1;2;3m',
  '\x1b[2 q',
  '\x1b]0;title\x07',
  '\x1b]11;?\x1b\\',
  '\x1bP$qm\x1b\\',
  '\x1b(0',
  '\x1b7',
  '\x1bc',
  '\x1b\\',
]

function tokens(...chunks: string[]): string[] {
  const tokenizer = new EscapeTokenizer()
  return chunks
    .flatMap((chunk) => tokenizer.push(Buffer.from(chunk, 'latin1')))
    .map(({ kind, text }) => (kind === 'sequence' ? `<${text}>` : text))
}

describe('EscapeTokenizer', () => {
  test.each(SEQUENCES)('finds %j whole between text, however it is cut', (sequence) => {
    const stream = `ab${sequence}cd`
    for (let at = 0; at <= stream.length; at += 1) {
      expect(tokens(stream.slice(0, at), stream.slice(at)).join('')).toBe(`ab<${sequence}>cd`)
    }
  })

  test('begins anew when an escape interrupts a sequence', () => {
    expect(
      tokens('\x1b[3\x1b[6n', '\x1b]0;cut off\x1b[5n').filter((t) => t.startsWith('<')),
    ).toEqual(['<\x1b[6n>', '<\x1b[5n>'])
  })

  test('passes a sequence that never ends on as text instead of holding it for ever', () => {
    const tokenizer = new EscapeTokenizer()
    const picture = Buffer.from(`\x1bPq${'~'.repeat(5000)}`)
    expect(tokenizer.push(picture).map(({ text }) => text.length)).toEqual([5003])
    expect(tokenizer.heldBytes).toBe(0)
  })

  test('gives out every byte once and in order, whatever comes in whatever pieces', () => {
    const pieces = fc.array(
      fc.oneof(
        fc
          .constantFrom(...SEQUENCES, '\x1b', '[', '?', '\x18', '\x1a', '\\', '\x07')
          .map((text) => Buffer.from(text, 'latin1')),
        fc.uint8Array({ maxLength: 8 }),
      ),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(pieces, (chunks) => {
        const tokenizer = new EscapeTokenizer()
        const out = chunks.flatMap((chunk) => tokenizer.push(chunk))
        out.push(...tokenizer.flush())
        expect(Buffer.from(out.map(({ text }) => text).join(''), 'latin1')).toEqual(
          Buffer.concat(chunks),
        )
      }),
    )
  })
})
