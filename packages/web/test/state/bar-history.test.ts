import { describe, expect, test } from 'vitest'
import {
  MAX_HISTORY_LINES,
  search,
  step,
  wholeHistory,
  withLine,
  type Walk,
} from '../../src/state/bar-history.ts'

const HISTORY = ['ls', 'git status', 'make', 'git log', 'ls -l']

/** Walks as the arrow keys do. @returns what the bar shows after each step */
function walk(prefix: string, steps: readonly (-1 | 1)[]): (string | undefined)[] {
  let at: Walk = { prefix, index: HISTORY.length }
  return steps.map((direction) => {
    const next = step(HISTORY, at, direction)
    if (next !== undefined) at = next.walk
    return next?.line
  })
}

describe('walking through the history', () => {
  test('an empty bar visits every line, newest first, and comes back to what was typed', () => {
    expect(walk('', [-1, -1, 1, 1])).toEqual(['ls -l', 'git log', 'ls -l', ''])
  })

  test('a typed beginning visits only lines that begin alike', () => {
    expect(walk('git', [-1, -1, -1])).toEqual(['git log', 'git status', undefined])
  })

  test('the line that was typed itself is not shown again', () => {
    expect(walk('ls', [-1, -1])).toEqual(['ls -l', undefined])
  })

  test('down from the typed line goes nowhere', () => {
    expect(walk('git', [1])).toEqual([undefined])
  })
})

describe('the history', () => {
  test('keeps each line once, where it was used last', () => {
    expect(withLine(['a', 'b', 'c'], 'a')).toEqual(['b', 'c', 'a'])
  })

  test('keeps no blank lines', () => {
    expect(withLine(['a'], '  ')).toEqual(['a'])
  })

  test('drops the oldest line above its limit', () => {
    const full = Array.from({ length: MAX_HISTORY_LINES }, (_, index) => `line ${index}`)
    const next = withLine(full, 'new')
    expect([next.length, next[0], next.at(-1)]).toEqual([MAX_HISTORY_LINES, 'line 1', 'new'])
  })

  test('puts what was run elsewhere before what was run here, without twins', () => {
    expect(wholeHistory(['b', 'c'], ['a', 'b', 'a', 'd'])).toEqual(['a', 'd', 'b', 'c'])
  })

  test('is searched by words in any order and case, newest first', () => {
    expect(search(HISTORY, 'LOG git')).toEqual(['git log'])
    expect(search(HISTORY, 'git')).toEqual(['git log', 'git status'])
  })
})
