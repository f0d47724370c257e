// The serialiser: every state of a terminal, cut at every byte, goes on as if nothing had happened [SCREEN-1].

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { trip } from './round-trip.ts'

const RUNS = 400

const ESC = '\x1b'

/** Small enough that each can be cut at every byte. On 20 columns and 6 rows. */
const STATES: Readonly<Record<string, string | Uint8Array>> = {
  'plain lines and scrollback': Array.from({ length: 12 }, (_, n) => `line ${n}\r\n`).join(''),
  'wrapped lines': `${'abcdefghij'.repeat(7)}\r\nshort\r\n${'x'.repeat(20)}\r\nnext`,
  'a wrapped line that was erased at its end': `${'y'.repeat(30)}${ESC}[1;15H${ESC}[K${ESC}[5;1Hend`,
  'wrapped into a coloured line': `${ESC}[44m${'z'.repeat(50)}${ESC}[0m\r\n${'w'.repeat(130)}`,
  'a pending wrap': 'p'.repeat(20),
  'a pending wrap, other pen': `${'p'.repeat(20)}${ESC}[31;4m`,
  'a pending wrap over an erased line': `${'p'.repeat(20)}${ESC}[2K`,
  'wide characters': `日本語テキスト表示日本語\r\n${'漢'.repeat(25)}x漢`,
  'wide characters at the margin': `${'a'.repeat(19)}漢字\r\n${ESC}[1;20H漢`,
  'half a wide character': `漢字${ESC}[2Gx${ESC}[1;4Hy`,
  'combining characters': `e\u0301a\u0308o\u0302\u0301 ${'n\u0303'.repeat(25)}`,
  'emoji clusters': '👩‍👩‍👧‍👦 👍🏽 🇩🇪🇫🇷 ❤️ x🇩\x1b[C🇪',
  colours: `${ESC}[31mr${ESC}[92mg${ESC}[38;5;200mp${ESC}[38;2;1;2;3mt${ESC}[48;5;17mb${ESC}[48;2;9;8;7mB${ESC}[107mw${ESC}[39;49m-`,
  styles: `${ESC}[1mb${ESC}[2md${ESC}[3mi${ESC}[5mk${ESC}[7mn${ESC}[8mh${ESC}[9ms${ESC}[53mo${ESC}[22;23mx${ESC}[0m.`,
  underlines: `${ESC}[4m1${ESC}[4:2m2${ESC}[4:3m3${ESC}[4:4m4${ESC}[4:5m5${ESC}[58;5;99mc${ESC}[58;2;1;2;3mC${ESC}[59md${ESC}[24mn${ESC}[21mD`,
  'underline colour without underline': `${ESC}[58;2;200;0;0mred later${ESC}[4mnow`,
  'erased with a background': `${ESC}[41mab${ESC}[K\r\n${ESC}[42m${ESC}[J${ESC}[3;4H${ESC}[45m${ESC}[5X`,
  'inverse blanks': `${ESC}[7m   漢${ESC}[5Gx${ESC}[0m y`,
  links: `${ESC}]8;;https://example.org/a;b\x07link${ESC}]8;id=7;https://example.org/2${ESC}\\two${ESC}[4m under${ESC}]8;;${ESC}\\ no`,
  'protected cells': `${ESC}[1"qkeep${ESC}[0"q lose${ESC}[1"q${ESC}[31mK${ESC}[?2K`,
  'a scroll region': `1\r\n2\r\n3\r\n4\r\n5\r\n6${ESC}[2;4r${ESC}[4;1Hin\r\nside`,
  'origin mode': `${ESC}[2;5r${ESC}[?6h${ESC}[2;3Horigin`,
  'origin mode, pending wrap': `${ESC}[2;5r${ESC}[?6h${ESC}[3;1H${'o'.repeat(20)}`,
  'insert mode': `hello world${ESC}[1;3H${ESC}[4hXY`,
  'insert mode, wide': `hello world${ESC}[1;3H${ESC}[4h漢`,
  'no autowrap': `${ESC}[?7l${'n'.repeat(30)}`,
  'reverse wraparound': `${ESC}[?45hab\r\n\b\bX`,
  'line drawing': `${ESC}(0lqqk${ESC}(B lqqk ${ESC})0\x0exx\x0f`,
  'line drawing in use': `${ESC}(0lqq`,
  'the second set in use': `${ESC})0\x0elqq`,
  'the third and fourth set': `${ESC}*0${ESC}+A${ESC}nqq${ESC}o##`,
  'British pounds': `${ESC}(A#`,
  'a saved cursor': `${ESC}[3;5H${ESC}[1;35m${ESC}7${ESC}[Hhome${ESC}[0m`,
  'a saved cursor with a set': `${ESC}(0${ESC}[2;2H${ESC}7${ESC}(B${ESC}[Hx`,
  'a restored set': `${ESC}(0${ESC}[2;2H${ESC}7${ESC}(B${ESC}[Hx${ESC}8q`,
  'a saved cursor with an underline': `${ESC}[4m${ESC}7${ESC}[0mplain${ESC}8x`,
  'a saved cursor in scrolled lines': `${ESC}[2;3H${ESC}7${'\r\n'.repeat(9)}x`,
  'tab stops': `${ESC}[3g${ESC}[4G${ESC}H${ESC}[11G${ESC}H\ra\tb\tc`,
  'no tab stops': `${ESC}[3ga\tb`,
  'a hidden cursor': `${ESC}[?25lx`,
  'cursor styles': `${ESC}[3 qx${ESC}[6 qy`,
  'a blinking cursor': `${ESC}[?12hx`,
  titles: `${ESC}]0;both\x07${ESC}]2;wïndow; with ;\x07${ESC}]1;icon\x07`,
  'mouse modes': `${ESC}[?1000h${ESC}[?1006hx${ESC}[?1002h${ESC}[?1003h${ESC}[?1016h`,
  'the oldest mouse mode': `${ESC}[?9hx`,
  'unknown mouse encodings': `${ESC}[?1002;1005;1015hx`,
  'focus reports': `${ESC}[?1004hx`,
  'bracketed paste': `${ESC}[?2004hx`,
  'application keys': `${ESC}[?1h${ESC}=x${ESC}[?66l${ESC}[?66h`,
  'synchronized output': `${ESC}[?2026hx`,
  'line feed mode': `${ESC}[20ha\nb`,
  'the alternate screen': `shell$ ${ESC}[?1049h${ESC}[2J${ESC}[Halt${ESC}[3;3Hx`,
  'the alternate screen of 47': `one\r\ntwo${ESC}[?47hthree${ESC}[2;3r${ESC}[1;4H${ESC}7`,
  'the alternate screen, saved cursors in both': `${ESC}[2;2H${ESC}[32m${ESC}7${ESC}[?1047h${ESC}[4;4H${ESC}[31m${ESC}7x`,
  'back from the alternate screen': `a${ESC}[?1049h${ESC}[5;5H${ESC}7b${ESC}[?1049lc`,
  'the alternate screen, wrapped': `a${ESC}[?1049h${'q'.repeat(45)}`,
  'a background of the alternate screen': `${ESC}[44m${ESC}[?1049hx${ESC}[0m`,
  'a character to repeat': `a${ESC}[5b漢${ESC}[2b`,
  'the test pattern': `${ESC}#8${ESC}[2;2Hx`,
  'a full reset': `${ESC}[31m${ESC}[2;4rjunk${ESC}c clean`,
  'a soft reset': `${ESC}[?25l${ESC}[2;4r${ESC}[4h${ESC}(0${ESC}[!px`,
  strings: `${ESC}P$qm${ESC}\\a${ESC}_apc ü${ESC}\\b${ESC}Xsos${ESC}\\c${ESC}^pm${ESC}\\d\x1bP1;2|body\x18e`,
  'eight-bit controls': 'a\u009b31mb\u009d2;title\u009cc\u0090q\u009cd\u0085e',
  'broken sequences': `a${ESC}[31${ESC}[32mb${ESC}[1\x18mc${ESC}[<1;2<3md${ESC}[3 0me${ESC}(\x1a(f${ESC}[1é2mg`,
  'broken characters': Uint8Array.of(
    0x61,
    0xc3,
    0x62,
    0xe2,
    0x82,
    0x63,
    0xff,
    0x80,
    0xc2,
    0x9b,
    0x33,
    0x31,
    0x6d,
    0xf0,
    0x9f,
    0x98,
    0x64,
    0xc0,
    0x9b,
    0x41,
    0xe0,
    0x80,
    0x9b,
    0x42,
  ),
  'inserted and deleted': `abcdef\r\nghijkl${ESC}[1;3H${ESC}[2@${ESC}[2;2H${ESC}[2P${ESC}[L${ESC}[3M`,
}

/** As full-screen programs write. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'vim in a split': `$ vim${ESC}[?1049h${ESC}[22;0;0t${ESC}[>4;2m${ESC}[?1h${ESC}=${ESC}[?2004h${ESC}[?1004h${ESC}[1;6r${ESC}[?12h${ESC}[?12l${ESC}[22;2t${ESC}[22;1t${ESC}[27m${ESC}[23m${ESC}[29m${ESC}[m${ESC}[H${ESC}[2J${ESC}[?25l${ESC}[1;1Hone two\r\n${ESC}[94m~       ${ESC}[m${ESC}[1;10H${ESC}[7m|${ESC}[m${ESC}[2;10H${ESC}[7m|${ESC}[m${ESC}[5;1H${ESC}[1m${ESC}[7ma.txt   ${ESC}[m${ESC}[7m b.txt ${ESC}[m${ESC}[6;1H"b.txt" 1L${ESC}[1;1H${ESC}[34h${ESC}[?25h`,
  htop: `${ESC}[?1049h${ESC}[22;0;0t${ESC}[1;6r${ESC}(B${ESC}[m${ESC}[4l${ESC}[?7h${ESC}[?1h${ESC}=${ESC}[?25l${ESC}[39;49m${ESC}[?1000h${ESC}[H${ESC}[2J${ESC}[36m  1${ESC}[39m${ESC}(B${ESC}[0;1m[${ESC}[32m|||${ESC}[31m||${ESC}[90m   5.0%${ESC}[39m]${ESC}(B${ESC}[m${ESC}[3;1H${ESC}[30m${ESC}[42mPID USER${ESC}[K${ESC}[4d${ESC}[46m 1 root  ${ESC}[K${ESC}[6;1H${ESC}(B${ESC}[mF1${ESC}[30m${ESC}[46mHelp ${ESC}[39m${ESC}[49m`,
  less: `$ less${ESC}[?1049h${ESC}[22;0;0t${ESC}[?1h${ESC}=\rline one\r\nline two\r\n${ESC}[7mfile (END)${ESC}[27m${ESC}[K\r${ESC}[K:${ESC}[H${ESC}MX\r\n${ESC}[6;1H\r${ESC}[K${ESC}[7m/x${ESC}[27m`,
  tmux: `${ESC}[?1049h${ESC}(B${ESC}[m${ESC}[?1l${ESC}>${ESC}[H${ESC}[2J${ESC}[?12l${ESC}[?25h${ESC}[?1000l${ESC}[?1006l${ESC}[?2004h${ESC}[1;1H${ESC}[1;5r${ESC}[1;1H$ ls${ESC}[K\r\n${ESC}[34ma${ESC}(B${ESC}[m b\r\n${ESC}[6d${ESC}[30m${ESC}[42m[0] 0:bash*${' '.repeat(9)}${ESC}(B${ESC}[m${ESC}[1;5r${ESC}[3;3H${ESC}(0${ESC}[1;11Hx${ESC}[2;11Hx${ESC}(B${ESC}[3;1H`,
  'a shell with a prompt': `${ESC}[?2004h${ESC}]0;~/x\x07\r${ESC}[0m${ESC}[27m${ESC}[24m${ESC}[J${ESC}[01;32mme@host${ESC}[00m:${ESC}[01;34m~${ESC}[00m$ ls\r\n${ESC}[?2004l\rfile\r\n`,
}

/** Pieces that programs are made of, for random sequences. */
const PIECE = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[ -~]{1,25}$/) },
  fc.constantFrom('日本', 'e\u0301', '👍🏽', '🇩🇪', '漢'),
  fc.constantFrom('\r', '\n', '\r\n', '\b', '\t', '\x0e', '\x0f'),
  fc.constantFrom(...'DEHM78=>c'.split('').map((final) => `${ESC}${final}`)),
  fc.constantFrom(
    ...'()*+'.split('').flatMap((g) => '0AB'.split('').map((set) => `${ESC}${g}${set}`)),
  ),
  fc
    .tuple(
      fc.integer({ min: 0, max: 21 }),
      fc.integer({ min: 0, max: 7 }),
      fc.constantFrom(...'@ABCDEFGHIJKLMPSTXZ`abdefgr'.split('')),
    )
    .map(([a, b, final]) => `${ESC}[${a};${b}${final}`),
  fc
    .tuple(
      fc.constantFrom(1, 6, 7, 25, 45, 47, 1000, 1003, 1006, 1047, 1048, 1049, 2004, 2026),
      fc.constantFrom('h', 'l'),
    )
    .map(([mode, set]) => `${ESC}[?${mode}${set}`),
  fc.constantFrom(`${ESC}[4h`, `${ESC}[4l`, `${ESC}[20h`, `${ESC}[20l`, `${ESC}[!p`, `${ESC}#8`),
  fc
    .constantFrom('0', '1', '2', '3', '7', '9', '31', '42', '53', '38;5;9', '48;2;1;2;3', '0;44')
    .map((sgr) => `${ESC}[${sgr}m`),
  fc.constantFrom(
    `${ESC}]2;t\x07`,
    `${ESC}[1"q`,
    `${ESC}[0"q`,
    `${ESC}[?J`,
    `${ESC}[?K`,
    `${ESC}[3 q`,
  ),
)

describe('a checkpoint [SCREEN-1]', () => {
  it('restores whatever random sequences make', () => {
    const sequences = fc
      .array(PIECE, { minLength: 1, maxLength: 40 })
      .map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(sequences, fc.double({ min: 0, max: 1, noNaN: true }), (text, share) => {
        const input = new TextEncoder().encode(text)
        const { whole, restored } = trip(input, Math.floor(input.byteLength * share))
        expect(restored).toEqual(whole)
      }),
      { numRuns: RUNS },
    )
  })

  it.each(Object.entries({ ...STATES, ...PROGRAMS }))(
    'restores %s, cut at every byte',
    (_name, text) => {
      const input = typeof text === 'string' ? new TextEncoder().encode(text) : text
      for (let cut = 0; cut <= input.byteLength; cut++) {
        const { whole, restored, bytes } = trip(input, cut)
        expect(restored, `cut at ${cut}: ${JSON.stringify(bytes)}`).toEqual(whole)
      }
    },
  )
})
