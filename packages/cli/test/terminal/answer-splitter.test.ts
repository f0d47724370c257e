import { describe, expect, test } from 'vitest'
import { AnswerSplitter, type InputPart } from '../../src/terminal/answer-splitter.ts'

const CPR_QUERY = '\x1b[6n'

function splitterAt(clock: { nowMs: number }): AnswerSplitter {
  return new AnswerSplitter({ nowMs: () => clock.nowMs })
}

function shown(parts: readonly InputPart[]): string[] {
  return parts.map(
    ({ bytes, isAnswer }) =>
      `${isAnswer ? 'answer' : 'typed'} ${Buffer.from(bytes).toString('latin1')}`,
  )
}

function push(splitter: AnswerSplitter, text: string): string[] {
  return shown(splitter.push(Buffer.from(text, 'latin1')))
}

describe('AnswerSplitter', () => {
  test('splits answers from the keys around them', () => {
    const splitter = splitterAt({ nowMs: 0 })
    splitter.expectAnswerTo('\x1b[c')
    expect(push(splitter, 'ls\x1b[?6c\x1b]11;rgb:0/0/0\x07 -l\x1b[A')).toEqual([
      'typed ls',
      'answer \x1b[?6c\x1b]11;rgb:0/0/0\x07',
      'typed  -l\x1b[A',
    ])
  })

  test('puts an answer together that came in any two pieces', () => {
    const answer = '\x1b[24;80R'
    for (let at = 1; at < answer.length; at += 1) {
      const splitter = splitterAt({ nowMs: 0 })
      splitter.expectAnswerTo(CPR_QUERY)
      expect(push(splitter, answer.slice(0, at))).toEqual([])
      expect(splitter.isHolding).toBe(true)
      expect(push(splitter, answer.slice(at))).toEqual([`answer ${answer}`])
    }
  })

  test('never holds a key while no answer is due', () => {
    const splitter = splitterAt({ nowMs: 0 })
    expect(push(splitter, '\x1b')).toEqual(['typed \x1b'])
    expect(push(splitter, '\x1b[')).toEqual(['typed \x1b['])
    expect(splitter.isHolding).toBe(false)
  })

  test('gives the Escape key out when nothing follows it', () => {
    const splitter = splitterAt({ nowMs: 0 })
    splitter.expectAnswerTo('\x1b[c')
    expect(push(splitter, '\x1b')).toEqual([])
    expect(shown(splitter.flush())).toEqual(['typed \x1b'])
    expect(push(splitter, '[?6c')).toEqual(['typed [?6c'])
  })

  test('takes F3 with a modifier for a cursor report only when one was asked for', () => {
    const clock = { nowMs: 0 }
    const splitter = splitterAt(clock)
    expect(push(splitter, '\x1b[1;2R')).toEqual(['typed \x1b[1;2R'])
    splitter.expectAnswerTo(CPR_QUERY)
    expect(push(splitter, '\x1b[1;2R')).toEqual(['answer \x1b[1;2R'])
    expect(push(splitter, '\x1b[1;2R')).toEqual(['typed \x1b[1;2R'])
    splitter.expectAnswerTo(CPR_QUERY)
    clock.nowMs = 3001
    expect(push(splitter, '\x1b[1;2R')).toEqual(['typed \x1b[1;2R'])
  })
})
