// Tests the three formats of the run dialect, fed at every split of what a command writes.
import { LimpetError, type ExitStatus } from '@limpet/protocol'
import { expect, test } from 'vitest'
import { createFormat, type FormatName, type Stream } from '../../../src/dialect/run/format.ts'
import { MAX_HELD_LINE_LENGTH } from '../../../src/limits.ts'

const OK: ExitStatus = { code: 0, signal: null, durationMs: 5 }
const bytes = (text: string): Uint8Array => Buffer.from(text)

type Written = readonly (readonly [Stream, Uint8Array])[]

function messagesOf(name: FormatName, written: Written, exit: ExitStatus = OK): string[] {
  const format = createFormat(name, 7)
  const messages = written.flatMap(([stream, part]) => format.output(stream, part))
  return [...messages, ...format.exit(exit)]
}

test.each<[Written, ExitStatus, string[]]>([
  [[], OK, ['']],
  [
    [
      ['stdout', bytes('a')],
      ['stdout', bytes('b\n')],
    ],
    OK,
    ['a', 'b\n'],
  ],
  [[['stderr', bytes('one\ntwo')]], OK, ['error: one', 'error: two']],
  [[['stderr', bytes('one\r\n\r\n')]], OK, ['error: one', 'error: ']],
  [
    [
      ['stderr', bytes('par')],
      ['stdout', bytes('x')],
      ['stderr', bytes('tial\n')],
    ],
    OK,
    ['x', 'error: partial'],
  ],
  [[], { ...OK, code: 3 }, ['error: ended with exit code 3']],
  [[['stdout', bytes('x')]], { ...OK, code: 3 }, ['x', 'error: ended with exit code 3']],
  [[['stderr', bytes('why\n')]], { ...OK, code: 3 }, ['error: why']],
  [[], { ...OK, code: null, signal: 'SIGTERM' }, ['error: ended by SIGTERM']],
  [
    [['stderr', bytes('why')]],
    { ...OK, code: null, signal: 'SIGTERM' },
    ['error: why', 'error: ended by SIGTERM'],
  ],
])('text of %j, exit %j', (written, exit, messages) => {
  expect(messagesOf('text', written, exit)).toEqual(messages)
})

test.each<[Written, ExitStatus, string]>([
  [[], OK, ''],
  [
    [
      ['stdout', bytes('a')],
      ['stderr', bytes('e\n')],
      ['stdout', bytes('b')],
    ],
    OK,
    'ab\nerror: e',
  ],
  [
    [
      ['stdout', bytes('a\n')],
      ['stderr', bytes('e')],
    ],
    { ...OK, code: 1 },
    'a\nerror: e',
  ],
  [[['stdout', bytes('a\n')]], { ...OK, code: 1 }, 'a\nerror: ended with exit code 1'],
  [[], { ...OK, code: null, signal: 'SIGKILL' }, 'error: ended by SIGKILL'],
])('gathered from %j, exit %j', (written, exit, message) => {
  expect(messagesOf('gather', written, exit)).toEqual([message])
})

test('a text is the same at every split, and no message breaks a character', () => {
  const whole = bytes('ä€🐚\r\nline two 🐚\n\xff end')
  for (let cut = 0; cut <= whole.length; cut += 1) {
    for (let second = cut; second <= whole.length; second += 1) {
      const parts = [whole.subarray(0, cut), whole.subarray(cut, second), whole.subarray(second)]
      const written = (stream: Stream): Written => parts.map((part) => [stream, part] as const)
      const text = messagesOf('text', written('stdout'))
      expect(text.join('')).toBe(whole.toString())
      for (const message of text) expect(message).not.toMatch(/\p{Surrogate}/u)
      expect(messagesOf('text', written('stderr'))).toEqual([
        'error: ä€🐚',
        'error: line two 🐚',
        'error: \xff end',
      ])
      const json = messagesOf('json', written('stdout')).map(
        (text) => JSON.parse(text) as { data?: string },
      )
      expect(json.map(({ data }) => data ?? '').join('')).toBe(whole.toString())
    }
  }
})

test('an unfinished character at the end is a replacement, not silence', () => {
  expect(
    messagesOf('text', [
      ['stdout', bytes('a').subarray(0)],
      ['stdout', Uint8Array.of(0xe2, 0x82)],
    ]),
  ).toEqual(['a', '\ufffd'])
})

test('a line of stderr without an end is held back only so long', () => {
  const format = createFormat('text', 1)
  const long = 'x'.repeat(MAX_HELD_LINE_LENGTH + 1)
  expect(format.output('stderr', bytes('x'))).toEqual([])
  expect(format.output('stderr', bytes(long))).toEqual([`error: x${long}`])
})

test('gathering has a limit, and says so', () => {
  const format = createFormat('gather', 1)
  const part = new Uint8Array(64 * 1024)
  for (let i = 0; i < 16; i += 1) format.output('stdout', part)
  expect(() => format.output('stdout', Uint8Array.of(1))).toThrow(
    expect.objectContaining({ code: 'OUTPUT_OVERFLOW' }),
  )
})

test('json carries the number of the command, codes and details', () => {
  const format = createFormat('json', 12)
  const error = new LimpetError('QUEUE_FULL', 'Full.', { details: { limit: 64 } })
  expect(format.failure(error).map((text) => JSON.parse(text) as unknown)).toEqual([
    { id: 12, error: { code: 'QUEUE_FULL', message: 'Full.', details: { limit: 64 } } },
  ])
  expect(format.exit(OK)).toEqual(['{"id":12,"exit":{"code":0,"signal":null,"durationMs":5}}'])
  expect(format.gap(99)).toEqual(['{"id":12,"gap":{"missingBytes":99}}'])
})

test('output that is missing is said in every format', () => {
  for (const name of ['text', 'gather'] as const) {
    const format = createFormat(name, 1)
    expect([...format.gap(5), ...format.exit(OK)].join('')).toMatch(
      /^error: 5 bytes of output are missing/,
    )
  }
})
