import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { LimpetError } from '../src/errors.ts'
import {
  decodeMessage,
  decodeNotification,
  decodeParams,
  decodeResult,
  encodeError,
  encodeNotification,
  encodeRequest,
  encodeResult,
  methodNamed,
  notificationNamed,
} from '../src/json-rpc.ts'
import { attachmentId, byteOffset } from '../src/ids.ts'
import { METHODS } from '../src/methods.ts'
import { NOTIFICATIONS } from '../src/notifications.ts'
import { foreignTexts, nested } from './arbitraries.ts'
import { codeOf, refusalOf } from './outcomes.ts'

function envelope(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ jsonrpc: '2.0', ...fields })
}

describe('the envelope', () => {
  test('tells requests, notifications, results and refusals apart', () => {
    expect([
      decodeMessage(envelope({ id: 1, method: 'link.ping', params: { a: 1 } })),
      decodeMessage(envelope({ id: 'one', method: 'link.ping' })),
      decodeMessage(envelope({ method: 'session.removed', params: {} })),
      decodeMessage(envelope({ id: 1, result: null })),
    ]).toEqual([
      { kind: 'request', id: 1, method: 'link.ping', params: { a: 1 } },
      { kind: 'request', id: 'one', method: 'link.ping', params: {} },
      { kind: 'notification', method: 'session.removed', params: {} },
      { kind: 'result', id: 1, result: null },
    ])
    expect(decodeMessage(envelope({ id: null, error: {} }))).toMatchObject({
      kind: 'error',
      id: null,
    })
  })

  test.each([
    ['no version', { jsonrpc: undefined, id: 1, method: 'link.ping' }],
    ['a null id', { id: null, method: 'link.ping' }],
    ['a fractional id', { id: 0.5, method: 'link.ping' }],
    ['an id above 2^53', { id: 2 ** 53, method: 'link.ping' }],
    ['an id that is a list', { id: [1], method: 'link.ping' }],
    ['an id of 129 characters', { id: 'x'.repeat(129), method: 'link.ping' }],
    ['a method that is a number', { id: 1, method: 7 }],
    ['a result without id', { result: {} }],
    ['nothing', {}],
  ])('with %s is malformed', (_what, fields) => {
    expect(codeOf(() => decodeMessage(envelope(fields)))).toBe('MESSAGE_MALFORMED')
  })

  test('takes no batch, and no JSON that is not an object', () => {
    for (const text of [
      '[]',
      `[${envelope({ id: 1, method: 'link.ping' })}]`,
      '7',
      'null',
      '"x"',
    ]) {
      expect(codeOf(() => decodeMessage(text))).toBe('MESSAGE_MALFORMED')
    }
  })

  test('cut at any character is malformed', () => {
    const text = encodeRequest(12, 'session.detach', { attachment: attachmentId(3) })
    for (let cut = 0; cut < text.length; cut += 1) {
      expect(codeOf(() => decodeMessage(text.slice(0, cut)))).toBe('MESSAGE_MALFORMED')
    }
    expect(decodeMessage(text)).toMatchObject({ kind: 'request', id: 12 })
  })

  test('takes no field from __proto__, and leaves the prototype of objects alone', () => {
    const text = '{"jsonrpc":"2.0","id":1,"__proto__":{"method":"host.stop","polluted":true}}'
    expect(codeOf(() => decodeMessage(text))).toBe('MESSAGE_MALFORMED')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test('made of random text is a message or malformed', () => {
    const names = fc.constantFrom('id', 'method', 'params', 'result', 'error', '__proto__')
    const fields = fc.array(fc.tuple(names, foreignTexts), { maxLength: 5 })
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      foreignTexts,
      fields.map((pairs) => {
        const written = pairs.map(([name, text]) => `,"${name}":${text}`)
        return `{"jsonrpc":"2.0"${written.join('')}}`
      }),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(['accepted', 'MESSAGE_MALFORMED']).toContain(codeOf(() => decodeMessage(text)))
      }),
      { numRuns: 1000 },
    )
  })

  test('is read when it nests 10 000 deep, and its contents are refused by name', () => {
    const text = `{"jsonrpc":"2.0","id":1,"method":"session.rename","params":{"session":${nested(10_000, '[')}}}`
    const message = decodeMessage(text)
    expect(message.kind).toBe('request')
    const params = message.kind === 'request' ? message.params : undefined
    expect(codeOf(() => decodeParams('session.rename', params))).toBe('PARAMETERS_INVALID')
  })
})

describe('messages', () => {
  test('come back as they were sent', () => {
    const params = { attachment: attachmentId(3), columns: 80, rows: 24 }
    const facts = { attachment: attachmentId(3), offset: byteOffset(5) }
    const request = decodeMessage(encodeRequest('r1', 'session.resize', params))
    const notification = decodeMessage(encodeNotification('session.acknowledge', facts))
    const result = decodeMessage(encodeResult(7, 'host.stop', { ended: 2 }))
    expect([request, notification, result]).toEqual([
      { kind: 'request', id: 'r1', method: 'session.resize', params },
      { kind: 'notification', method: 'session.acknowledge', params: facts },
      { kind: 'result', id: 7, result: { ended: 2 } },
    ])
    expect(decodeParams('session.resize', params)).toEqual(params)
    expect(decodeNotification('session.acknowledge', facts)).toEqual(facts)
    expect(decodeResult('host.stop', { ended: 2 })).toEqual({ ended: 2 })
  })

  test('that refuse carry the code of the registry, its number, the sentence and the details', () => {
    const sent = new LimpetError('INPUT_GAP', 'Input 4 is missing.', { details: { missing: 4 } })
    const text = encodeError(9, sent)
    expect(JSON.parse(text)).toEqual({
      jsonrpc: '2.0',
      id: 9,
      error: {
        code: -32060,
        message: 'Input 4 is missing.',
        data: { code: 'INPUT_GAP', details: { missing: 4 } },
      },
    })
    const message = decodeMessage(text)
    expect(message).toMatchObject({ kind: 'error', id: 9 })
    expect(message.kind === 'error' && message.error).toEqual(sent)
    expect(message.kind === 'error' && message.error.details).toEqual({ missing: 4 })
  })

  test('[VER-2] that refuse with a code of a newer peer, or in a broken way, are INTERNAL', () => {
    for (const error of [
      null,
      5,
      {},
      { message: 7, data: 'x' },
      { data: { code: 'MOON_FULL', details: 3 } },
    ]) {
      const message = decodeMessage(envelope({ id: 1, error }))
      expect(message).toMatchObject({ kind: 'error', error: { code: 'INTERNAL', details: {} } })
    }
  })

  test('never hold what a shape did not ask for', () => {
    const params = JSON.parse(
      '{"attachment":1,"columns":80,"rows":24,"__proto__":{"x":1},"more":true}',
    ) as unknown
    expect(Object.entries(decodeParams('session.resize', params))).toEqual([
      ['attachment', 1],
      ['columns', 80],
      ['rows', 24],
    ])
  })
})

describe('names of messages', () => {
  test('are those of the tables', () => {
    expect(Object.keys(METHODS).map((name) => methodNamed(name))).toEqual(Object.keys(METHODS))
    expect(Object.keys(NOTIFICATIONS).map((name) => notificationNamed(name))).toEqual(
      Object.keys(NOTIFICATIONS),
    )
  })

  test('that are not, are refused for requests and passed over for notifications', () => {
    for (const name of ['session.explode', 'constructor', '__proto__', '', 'x'.repeat(1_000_000)]) {
      expect(codeOf(() => methodNamed(name))).toBe('METHOD_NOT_FOUND')
      expect(notificationNamed(name)).toBeUndefined()
    }
  })

  test('are shown only in part when they are long', () => {
    const error = refusalOf(() => methodNamed('x'.repeat(1_000_000)))
    expect(encodeError(1, error).length).toBeLessThan(1000)
  })
})
