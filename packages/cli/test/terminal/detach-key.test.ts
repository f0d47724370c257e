import { describe, expect, test } from 'vitest'
import { DEFAULT_DETACH_KEY, parseDetachKey } from '../../src/terminal/detach-key.ts'

function typed(key: string, ...chunks: string[]): string[] {
  const detachKey = parseDetachKey(key)
  return chunks.map((chunk) => {
    const { pass, isDetach } = detachKey.push(Buffer.from(chunk, 'latin1'))
    return `${Buffer.from(pass).toString('latin1')}${isDetach ? '|detach' : ''}`
  })
}

describe('the detach key', () => {
  test('detaches when typed whole or in two reads, and passes what came before', () => {
    expect(typed(DEFAULT_DETACH_KEY, 'ls\x1c\x1cmore')).toEqual(['ls|detach'])
    expect(typed(DEFAULT_DETACH_KEY, 'ls\x1c', '\x1cmore')).toEqual(['ls', '|detach'])
  })

  test('passes its first key on when another one follows', () => {
    expect(typed(DEFAULT_DETACH_KEY, '\x1c', 'x')).toEqual(['', '\x1cx'])
    expect(typed('ctrl-a d', 'a\x01\x01d')).toEqual(['a\x01|detach'])
  })

  test('gives the held key out when asked', () => {
    const key = parseDetachKey(DEFAULT_DETACH_KEY)
    key.push(Buffer.of(0x1c))
    expect(key.isHolding).toBe(true)
    expect(Buffer.from(key.flush())).toEqual(Buffer.of(0x1c))
    expect(key.push(Buffer.of(0x1c)).isDetach).toBe(false)
  })

  test('is known in the encodings of newer keyboards', () => {
    expect(typed(DEFAULT_DETACH_KEY, '\x1b[92;5u\x1b[92;5u')).toEqual(['|detach'])
    expect(typed('ctrl-]', '\x1b[27;5;93~')).toEqual(['|detach'])
  })

  test('passes everything when there is none', () => {
    expect(typed('none', '\x1c\x1c\x1d')).toEqual(['\x1c\x1c\x1d'])
  })

  test('passes a long paste as it is', () => {
    const paste = 'x\x1b[A'.repeat(20_000)
    expect(typed(DEFAULT_DETACH_KEY, paste)).toEqual([paste])
  })

  test('refuses what is no key', () => {
    expect(() => parseDetachKey('hyper-q')).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
