import { beforeEach, describe, expect, test } from 'vitest'
import { AnswerGate, MAX_HELD_ANSWERS } from '../../src/terminal/answer-gate.ts'

describe('answers to queries', () => {
  let sent: string[]
  let gate: AnswerGate
  beforeEach(() => {
    sent = []
    gate = new AnswerGate((answer) => sent.push(answer))
  })
  const attach = (responder: string | null, liveFrom: number): void =>
    gate.attach({ viewer: 'me', responder, liveFrom })

  test('are given by the responder', () => {
    attach('me', 0)
    gate.handleAnswer('A', 0)
    gate.handleAnswer('B', 10)
    expect(sent).toEqual(['A', 'B'])
  })

  test('are never given to questions of the past', () => {
    attach('me', 100)
    gate.handleAnswer('A', 99)
    gate.handleAnswer('B', 100)
    expect(sent).toEqual(['B'])
  })

  test('are kept by everybody else', () => {
    attach('other', 0)
    gate.handleAnswer('A', 5)
    expect(sent).toEqual([])
  })

  test('are given late when the responder left before it gave them', () => {
    attach('other', 10)
    for (const offset of [5, 20, 30, 40]) gate.handleAnswer(`at ${offset}`, offset)
    gate.handleMarker({ viewer: 'me', from: 30 }, 50)
    expect(sent).toEqual(['at 30', 'at 40'])
    gate.handleAnswer('at 60', 60)
    expect(sent).toEqual(['at 30', 'at 40', 'at 60'])
  })

  test('are given once: a second marker for me gives nothing again', () => {
    attach('other', 0)
    gate.handleAnswer('A', 20)
    gate.handleMarker({ viewer: 'me', from: 0 }, 30)
    gate.handleMarker({ viewer: 'me', from: 0 }, 40)
    expect(sent).toEqual(['A'])
  })

  test('stay kept while the duty passes between others', () => {
    attach('first', 0)
    gate.handleAnswer('A', 20)
    gate.handleMarker({ viewer: 'second', from: 25 }, 25)
    gate.handleAnswer('B', 30)
    gate.handleMarker({ viewer: 'me', from: 15 }, 40)
    expect(sent).toEqual(['A', 'B'])
  })

  test('stop when the duty goes to somebody else', () => {
    attach('me', 0)
    gate.handleMarker({ viewer: 'other', from: 10 }, 10)
    gate.handleAnswer('A', 20)
    expect(sent).toEqual([])
  })

  test('are not changed by markers of the past: what was so then, `attached` has told', () => {
    attach('other', 100)
    gate.handleMarker({ viewer: 'me', from: 0 }, 50)
    gate.handleAnswer('A', 120)
    expect(sent).toEqual([])
  })

  test('that nobody was there to give are dropped by a new attachment', () => {
    attach('other', 0)
    gate.handleAnswer('A', 10)
    attach('me', 50)
    gate.handleMarker({ viewer: 'me', from: 0 }, 60)
    expect(sent).toEqual([])
  })

  test('are kept up to a limit, the newest', () => {
    attach('other', 0)
    for (let offset = 1; offset <= MAX_HELD_ANSWERS + 2; offset += 1)
      gate.handleAnswer(`${offset}`, offset)
    gate.handleMarker({ viewer: 'me', from: 0 }, 1000)
    expect([sent.length, sent[0]]).toEqual([MAX_HELD_ANSWERS, '3'])
  })
})
