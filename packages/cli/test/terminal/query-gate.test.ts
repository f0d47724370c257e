import { describe, expect, test } from 'vitest'
import { QueryGate } from '../../src/terminal/query-gate.ts'

const DA = '\x1b[c'

describe('QueryGate', () => {
  test('lets queries through to the responder, from liveFrom on', () => {
    const gate = new QueryGate({ viewer: 'a', responder: 'a', liveFrom: 100 })
    expect([gate.lets(DA, 99), gate.lets(DA, 100), gate.lets('\x1b[2J', 0)]).toEqual([
      false,
      true,
      true,
    ])
  })

  test('swallows queries that another viewer answers', () => {
    const gate = new QueryGate({ viewer: 'a', responder: 'b', liveFrom: 0 })
    expect([gate.lets(DA, 10), gate.lets('\x1b[1m', 11)]).toEqual([false, true])
  })

  test('gives out, when it becomes the responder, what the one before it left unanswered', () => {
    const gate = new QueryGate({ viewer: 'a', responder: 'b', liveFrom: 0 })
    gate.lets('\x1b[5n', 10)
    gate.lets('\x1b[6n', 20)
    gate.lets('\x1b[?6n', 30)
    expect(gate.responderChanged({ viewer: 'c', from: 20 })).toEqual([])
    expect(gate.responderChanged({ viewer: 'a', from: 20 })).toEqual(['\x1b[6n', '\x1b[?6n'])
    expect(gate.lets(DA, 40)).toBe(true)
    expect(gate.responderChanged({ viewer: 'b', from: 50 })).toEqual([])
    expect(gate.lets(DA, 60)).toBe(false)
  })

  test('never answers old output after it attached again', () => {
    const gate = new QueryGate({ viewer: 'a', responder: 'b', liveFrom: 0 })
    gate.lets(DA, 10)
    gate.attached({ viewer: 'a2', responder: null, liveFrom: 50 })
    expect(gate.lets(DA, 40)).toBe(false)
    expect(gate.responderChanged({ viewer: 'a2', from: 0 })).toEqual([])
  })
})
