import type { Viewer } from '@limpet/protocol'
import { expect, test } from 'vitest'
import { changeWords, presenceWords } from '../../src/ui/company-words.ts'

function viewer(id: string, name: string, canType = true): Viewer {
  return { id, name, canType }
}

test('those who are here are named by what they may do; nobody is no word', () => {
  const ada = viewer('v1', 'Ada')
  const grace = viewer('v2', 'Grace', false)
  const lin = viewer('v3', 'Lin', false)
  expect([
    presenceWords([], 'owner'),
    presenceWords([ada], 'owner'),
    presenceWords([grace, lin], 'owner'),
    presenceWords([ada, grace, lin], 'owner'),
    presenceWords([viewer('v4', 'owner'), viewer('v5', 'owner')], 'owner'),
    presenceWords([viewer('v6', '', false)], 'owner'),
    // Two who came by one link need not be one person.
    presenceWords([viewer('v7', 'Ada'), viewer('v8', '', false)], ''),
  ]).toEqual([
    '',
    'with Ada',
    'Grace and Lin watching',
    'with Ada · Grace and Lin watching',
    'with your other window (2)',
    'somebody watching',
    'with Ada · somebody watching',
  ])
})

test('who comes and goes is told of together', () => {
  const ada = viewer('v1', 'Ada')
  const grace = viewer('v2', 'Grace', false)
  const lin = viewer('v3', 'Lin')
  expect(changeWords([ada], [ada], 'owner')).toBe('')
  expect(changeWords([ada], [grace, lin], 'owner')).toBe('Grace and Lin joined, Ada left')
})
