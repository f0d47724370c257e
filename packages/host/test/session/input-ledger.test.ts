import { clientIdFrom, inputSequence, type ClientId } from '@limpet/protocol'
import { describe, expect, it } from 'vitest'
import { InputLedger } from '../../src/session/input-ledger.ts'
import { MAX_INPUT_CLIENTS } from '../../src/session/limits.ts'

function client(number: number): ClientId {
  return clientIdFrom(new Uint8Array(16).fill(number))
}

describe('InputLedger', () => {
  const one = inputSequence(1)
  const two = inputSequence(2)

  it('applies the next frame only, knows lower ones, refuses higher ones', () => {
    const ledger = new InputLedger(100)
    expect(ledger.take(client(1), two, 1)).toBe('gap')
    expect(ledger.take(client(1), one, 1)).toBe('apply')
    expect(ledger.take(client(1), one, 1)).toBe('known')
    expect(ledger.take(client(1), inputSequence(3), 1)).toBe('gap')
    expect(ledger.take(client(1), two, 1)).toBe('apply')
    expect(ledger.taken(client(1))).toBe(2)
  })

  it('keeps a sequence of its own for each client', () => {
    const ledger = new InputLedger(100)
    ledger.take(client(1), one, 1)
    expect(ledger.take(client(2), one, 1)).toBe('apply')
    expect(ledger.taken(client(3))).toBe(0)
  })

  it('says written only what was written, and refuses more than its limit meanwhile', () => {
    const ledger = new InputLedger(10)
    expect(ledger.take(client(1), one, 8)).toBe('apply')
    expect(ledger.take(client(1), two, 8)).toBe('overflow')
    expect(ledger.written(client(1))).toBe(0)
    ledger.settle(client(1), one, 8)
    expect(ledger.written(client(1))).toBe(1)
    expect(ledger.take(client(1), two, 8)).toBe('apply')
  })

  it('says nothing written while something before it waits, though it needs no writing itself', () => {
    const ledger = new InputLedger(10)
    ledger.take(client(1), one, 8)
    ledger.take(client(1), two, 2)
    ledger.settle(client(1), two, 2)
    expect(ledger.written(client(1))).toBe(0)
    expect(ledger.take(client(1), inputSequence(3), 2)).toBe('apply')
    ledger.settle(client(1), one, 8)
    expect(ledger.written(client(1))).toBe(2)
    ledger.settle(client(1), inputSequence(3), 2)
    expect(ledger.written(client(1))).toBe(3)
  })

  it('forgets the client that was silent for longest', () => {
    const ledger = new InputLedger(10)
    for (let number = 0; number <= MAX_INPUT_CLIENTS; number++) {
      ledger.take(client(number), one, 0)
      ledger.take(client(0), inputSequence(number + 2), 0)
    }
    expect(ledger.taken(client(0))).toBeGreaterThan(1)
    expect(ledger.taken(client(1))).toBe(0)
    expect(ledger.taken(client(2))).toBe(1)
  })
})
