import { expect, test } from 'vitest'
import { tokenIn, tokenInHash } from '../../src/state/login.ts'

test('the printed link carries the token behind the hash', () => {
  expect(tokenInHash('#t=abc-DEF_1')).toBe('abc-DEF_1')
  expect([tokenInHash(''), tokenInHash('#t='), tokenInHash('#s=x')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('people may paste the token or the whole link', () => {
  expect(tokenIn(' abc ')).toBe('abc')
  expect(tokenIn('http://limpet-12345678.localhost:7681/#t=abc\n')).toBe('abc')
})
