import { expect, test } from 'vitest'
import { bestMatches, matchScore } from '../../src/palette/matching.ts'

const best = (entries: readonly string[], query: string): readonly string[] =>
  bestMatches(entries, query, (entry) => entry)

test('letters have to be there, in order', () => {
  expect(matchScore('New Shell', 'nsh')).toBeDefined()
  expect(matchScore('New Shell', 'hsn')).toBeUndefined()
})

test('beginnings of words come before letters in the middle', () => {
  expect(best(['renew all', 'New Shell', 'unsent'], 'ns')).toEqual(['New Shell', 'unsent'])
})

test('of two that fit alike, the shorter one comes first', () => {
  expect(best(['bash ~/src/long', 'bash'], 'bash')).toEqual(['bash', 'bash ~/src/long'])
})

test('without a query everything stays as it was', () => {
  expect(best(['b', 'a'], '  ')).toEqual(['b', 'a'])
})
