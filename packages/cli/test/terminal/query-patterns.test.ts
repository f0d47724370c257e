import { describe, expect, test } from 'vitest'
import {
  isAnswer,
  isCursorQuery,
  isCursorReport,
  isQuery,
} from '../../src/terminal/query-patterns.ts'

/** Query, and what xterm answers (kitty where xterm has nothing). */
const PAIRS = [
  ['\x1b[c', '\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c'],
  ['\x1b[0c', '\x1b[?6c'],
  ['\x1bZ', '\x1b[?1;2c'],
  ['\x1b[>c', '\x1b[>41;390;0c'],
  ['\x1b[=c', '\x1bP!|00000000\x1b\\'],
  ['\x1b[5n', '\x1b[0n'],
  ['\x1b[?6n', '\x1b[?3;7R'],
  ['\x1b[?996n', '\x1b[?997;1n'],
  ['\x1b[?2026$p', '\x1b[?2026;2$y'],
  ['\x1b[4$p', '\x1b[4;2$y'],
  ['\x1b[>0q', '\x1bP>|XTerm(390)\x1b\\'],
  ['\x1b[?u', '\x1b[?0u'],
  ['\x1b[?4m', '\x1b[>4;0m'],
  ['\x1b[18t', '\x1b[8;24;80t'],
  ['\x1b[14t', '\x1b[4;480;640t'],
  ['\x1b[21t', '\x1b]ltitle\x1b\\'],
  ['\x1b[?2;1;0S', '\x1b[?2;0;640;480S'],
  ['\x1bP$qm\x1b\\', '\x1bP1$r0m\x1b\\'],
  ['\x1bP+q544e\x1b\\', '\x1bP1+r544e=787465726d\x1b\\'],
  ['\x1b]11;?\x07', '\x1b]11;rgb:0000/0000/0000\x07'],
  ['\x1b]4;1;?\x1b\\', '\x1b]4;1;rgb:cdcd/0000/0000\x1b\\'],
  ['\x1b]52;c;?\x07', '\x1b]52;c;aGk=\x07'],
  ['\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\', '\x1b_Gi=31;OK\x1b\\'],
] as const

/** Output that asks nothing, and keys that answer nothing. */
const PLAIN_OUTPUT = [
  '\x1b[2J',
  '\x1b[1;31m',
  '\x1b[?25l',
  '\x1b[?2004h',
  '\x1b[!p',
  '\x1b[2 q',
  '\x1b[22;0;0t',
  '\x1b[23t',
  '\x1b[>4;2m',
  '\x1b[>1u',
  '\x1b]0;what?\x07',
  '\x1b]11;#ffffff\x07',
  '\x1b]8;;http://x/?\x07',
  '\x1b]52;c;aGk=\x07',
  '\x1b[?6c',
  '\x1b7',
  '\x1b[3S',
]
const KEYS = [
  '\x1b[A',
  '\x1bOP',
  '\x1b[15~',
  '\x1b[1;5C',
  '\x1b[3;5~',
  '\x1b[200~',
  '\x1b[201~',
  '\x1b[I',
  '\x1b[O',
  '\x1b[<0;10;20M',
  '\x1b[97;5u',
  '\x1b[27;5;92~',
  '\x1bx',
  '\x1b\x7f',
  '\x1b[1;2P',
  '\x1b[Z',
]

describe('query patterns', () => {
  test.each(PAIRS)('knows %j as a query and %j as its answer', (query, answer) => {
    expect([isQuery(query), isAnswer(answer)]).toEqual([true, true])
  })

  test.each(PLAIN_OUTPUT)('sees no query in %j', (sequence) => {
    expect(isQuery(sequence)).toBe(false)
  })

  test.each(KEYS)('sees no answer in the key %j', (sequence) => {
    expect([isAnswer(sequence), isCursorReport(sequence)]).toEqual([false, false])
  })

  test('keeps the cursor report apart, which looks like a key', () => {
    expect(isQuery('\x1b[6n') && isCursorQuery('\x1b[6n')).toBe(true)
    expect([isCursorReport('\x1b[1;2R'), isAnswer('\x1b[1;2R')]).toEqual([true, false])
  })
})
