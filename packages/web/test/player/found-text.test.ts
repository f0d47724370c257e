import { describe, expect, test } from 'vitest'
import { findAll, readText } from '../../src/player/found-text.ts'
import { recordsOf } from './records.ts'

describe('text is found in a whole recording', () => {
  async function find(query: string, ...pieces: readonly (string | Uint8Array)[]) {
    const text = await readText(recordsOf(...pieces), new AbortController().signal)
    return findAll(text, query).map(({ record }) => record)
  }

  test('whatever the case, at the record that wrote its last letter', async () => {
    expect(await find('error', 'one\r\nERR', 'or: two\r\n', 'error again')).toEqual([1, 2])
  })

  test('as text, not as a pattern', async () => {
    expect(await find('a.b(', 'axb( a.b(')).toEqual([0])
  })

  test('through colours, and through sequences and letters that are torn', async () => {
    expect(await find('red alert', '\u001b[1;31mred\u001b[0m al', '\u001b[3', '2mert')).toEqual([2])
    const umlaut = new TextEncoder().encode('für')
    expect(await find('für', umlaut.subarray(0, 2), umlaut.subarray(2))).toEqual([1])
  })

  test('not where the cursor went somewhere else between its letters', async () => {
    expect(await find('ab', 'a\u001b[10;5Hb')).toEqual([])
  })

  test('not in titles', async () => {
    expect(await find('secret', '\u001b]0;secret\u0007shown')).toEqual([])
  })
})
