import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GroundScanner } from '../../src/screen/ground-scanner.ts'
import { createXterm } from '../../src/screen/xterm.ts'

/** xterm's own word for it: parser in its ground state, no byte of a character waiting. */
interface Insides {
  readonly _inputHandler: {
    readonly _parser: { readonly currentState: number }
    readonly _utf8Decoder: { readonly interim: Uint8Array }
  }
}

const SEQUENCES = [
  'plain \x1b[31mred\x1b[0m \x1b]2;title\x07 \x1b]0;other\x1b\\ \x1b(0q\x1b(B',
  '\x1bP1$q"p\x1b\\ \x1b_apc\x1b\\ \x1b^pm\x1b\\ \x1bXsos\x1b\\ \x1b[?1049h\x1b[1;2"q',
  'é 漢 👍 \u009b1m \u009dtitle\u009c \u0090dcs\u009c \u0085',
  '\x1b[3\x18x \x1b]2;a\x1ab \x1b[1\x1b[2m \x1b[<1;2<3m \x1b[3 0m \x1b[1\n2m \x1b[é \x1b]é\x07 \x1bé \x1b_é',
  '\x1b[\x7f1m\x1b\x7f[m\x1b#8\x1b%G\x1b c\x1b[!p\x1b[>c\x1b[=c',
]

describe('GroundScanner', () => {
  it.each(SEQUENCES)('says where it may be cut exactly as the terminal parses: %j', (text) => {
    compare(new TextEncoder().encode(text))
  })

  it('says so for any bytes', () => {
    const telling = fc.constantFrom(...'\x1b[]P_^X\\\x07\x18\x1a?;1m<é\u009b\u009c漢'.split(''))
    const texts = fc
      .array(telling, { maxLength: 30 })
      .map((parts) => new TextEncoder().encode(parts.join('')))
    fc.assert(fc.property(texts, compare), { numRuns: 500 })
  })

  it('finds the last place to cut, also when the bytes come in pieces', () => {
    const scanner = new GroundScanner()
    expect(scanner.scan(Buffer.from('ab\x1b[3'))).toBe(2)
    expect(scanner.isGround).toBe(false)
    expect(scanner.scan(Buffer.from('1'))).toBe(-1)
    expect(scanner.scan(Buffer.from('mx\xc3', 'latin1'))).toBe(2)
    expect(scanner.isGround).toBe(false)
    scanner.reset()
    expect(scanner.isGround).toBe(true)
  })
})

/** Byte by byte. */
function compare(bytes: Uint8Array): void {
  const scanner = new GroundScanner()
  const { terminal, core } = createXterm(20, 4, 0)
  const { _inputHandler } = core as unknown as Insides // what nobody but this test reads
  for (const [at, byte] of bytes.entries()) {
    scanner.scan(Uint8Array.of(byte))
    core._inputHandler.parse(Uint8Array.of(byte))
    const isGround =
      _inputHandler._parser.currentState === 0 && _inputHandler._utf8Decoder.interim[0] === 0
    expect(
      scanner.isGround,
      `after byte ${at} of ${JSON.stringify(Buffer.from(bytes).toString())}`,
    ).toBe(isGround)
  }
  terminal.dispose()
}
