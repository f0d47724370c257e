import { describe, expect, test } from 'vitest'
import { clipboardText } from '../../src/terminal/clipboard-sequence.ts'
import { namesTarget, safeTarget } from '../../src/terminal/links.ts'
import { cleanPaste, countLines, runsByItself } from '../../src/terminal/paste.ts'

describe('a paste', () => {
  test('cannot pretend that the rest of it was typed', () => {
    expect(cleanPaste('a\u001b[201~; rm -rf /\u0003\u009b201~\tb\r\n')).toBe(
      'a[201~; rm -rf /201~\tb\r\n',
    )
  })

  test('asks when a line of it would run by itself', () => {
    expect(['ls', 'a\tb', 'ls\n', 'a\nb', 'a\rb'].map(runsByItself)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ])
  })

  test('is counted in lines as people count them', () => {
    expect(['a', 'a\n', 'a\nb', 'a\r\nb\r\n', 'a\n\n'].map(countLines)).toEqual([1, 1, 2, 2, 2])
  })
})

describe('a link', () => {
  test.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'vbscript:x',
    'ftp://example.com/',
    'mailto:a@b.c',
    '//example.com',
    'example.com',
    'java\nscript:alert(1)',
    '',
  ])('to %j is not followed', (target) => expect(safeTarget(target)).toBeUndefined())

  test.each(['http://example.com/', 'HTTPS://example.com/a?b#c'])('to %j is', (target) =>
    expect(safeTarget(target)).toBeDefined(),
  )

  test('whose text is another address than its target is asked about', () => {
    expect(namesTarget('https://example.com/', 'https://example.com/')).toBe(true)
    expect(namesTarget(' https://example.com ', 'https://example.com/')).toBe(true)
    expect(namesTarget('https://example.com/', 'https://evil.example/')).toBe(false)
    expect(namesTarget('click here', 'https://example.com/')).toBe(false)
  })
})

describe('a program that writes to the clipboard', () => {
  const encoded = (text: string): string => Buffer.from(text).toString('base64')

  test('may put text there, without control characters', () => {
    expect(clipboardText(`c;${encoded('grün\u001b[31m\tx\n')}`)).toBe('grün[31m\tx\n')
  })

  test.each(['c;?', 'c;', ';', 'c;!!!', `c;${Buffer.from([0xff, 0xfe]).toString('base64')}`])(
    'gets nothing done by %j',
    (data) => expect(clipboardText(data)).toBeUndefined(),
  )

  test('cannot put there more than 32 KiB', () => {
    expect(clipboardText(`c;${encoded('x'.repeat(32 * 1024 + 4))}`)).toBeUndefined()
  })
})
