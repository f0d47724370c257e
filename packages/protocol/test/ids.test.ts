import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  attachmentId,
  byteOffset,
  clientIdFrom,
  inputSequence,
  parseClientId,
  parseSessionId,
  sessionIdFrom,
} from '../src/ids.ts'

const sixteenBytes = fc.uint8Array({ minLength: 16, maxLength: 16 })

/** Reads 26 digits of base32hex back into the 16 bytes that they hold. */
function bytesOfSessionId(id: string): Uint8Array {
  const bits = Array.from(id, (digit) => Number.parseInt(digit, 32).toString(2).padStart(5, '0'))
  const octets = bits.join('').match(/.{8}/g) ?? []
  return Uint8Array.from(octets, (octet) => Number.parseInt(octet, 2))
}

describe('session ids', () => {
  test('hold all 128 bits in 26 characters of 0-9 and a-v', () => {
    fc.assert(
      fc.property(sixteenBytes, (random) => {
        const id = sessionIdFrom(random)
        expect(id).toMatch(/^[0-9a-v]{26}$/)
        expect(bytesOfSessionId(id)).toEqual(random)
        expect(parseSessionId(id)).toBe(id)
      }),
    )
  })

  test('are what RFC 4648 calls base32hex, in lower case and without padding', () => {
    const zeroToFifteen = Uint8Array.from({ length: 16 }, (_, index) => index)
    expect(sessionIdFrom(zeroToFifteen)).toBe('000g40o40k30e209185go38e1s')
    expect(sessionIdFrom(new Uint8Array(16))).toBe('0'.repeat(26))
    expect(sessionIdFrom(new Uint8Array(16).fill(0xff))).toBe(`${'v'.repeat(25)}s`)
  })

  test.each([
    '',
    '0'.repeat(25),
    '0'.repeat(27),
    `${'0'.repeat(25)}w`,
    `${'0'.repeat(25)}A`,
    `${'0'.repeat(26)}\n`,
    '../../../../../etc/passwd',
  ])('are not made of %j', (text) => {
    expect(parseSessionId(text)).toBeUndefined()
  })
})

describe('client ids', () => {
  test('hold all 128 bits in 32 lower-case hex digits', () => {
    fc.assert(
      fc.property(sixteenBytes, (random) => {
        const id = clientIdFrom(random)
        expect(id).toBe(Buffer.from(random).toString('hex'))
        expect(parseClientId(id)).toBe(id)
      }),
    )
  })

  test.each(['', '0'.repeat(31), '0'.repeat(33), 'A'.repeat(32), 'g'.repeat(32)])(
    'are not made of %j',
    (text) => {
      expect(parseClientId(text)).toBeUndefined()
    },
  )
})

test('an id is refused when it is not made of exactly 16 bytes', () => {
  for (const length of [0, 15, 17]) {
    expect(() => sessionIdFrom(new Uint8Array(length))).toThrow(RangeError)
    expect(() => clientIdFrom(new Uint8Array(length))).toThrow(RangeError)
  }
})

test.each([
  ['attachment id', attachmentId, 0xffff_ffff],
  ['offset', byteOffset, Number.MAX_SAFE_INTEGER],
  ['input sequence', inputSequence, Number.MAX_SAFE_INTEGER],
] as const)('%s is an integer from 0 to its limit, and nothing else', (_name, make, limit) => {
  expect([make(0), make(1), make(limit)]).toEqual([0, 1, limit])
  for (const wrong of [-1, 0.5, limit + 1, 1e308, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => make(wrong)).toThrow(RangeError)
  }
})
