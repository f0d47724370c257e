import { describe, expect, test } from 'vitest'

import {
  ERRORS,
  isErrorCode,
  LimpetError,
  toLimpetError,
  type ErrorDefinition,
} from '../src/errors.ts'

const definitions: readonly (readonly [string, ErrorDefinition])[] = Object.entries(ERRORS)

describe('the registry of errors', () => {
  test('gives every code a JSON-RPC number of its own', () => {
    const numbers = definitions.map(([, { rpc }]) => rpc)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  test.each(definitions)('declares %s completely', (code, definition) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
    expect(definition.meaning).toMatch(/^[A-Z].*\.$/)
    // https://www.jsonrpc.org/specification: -32768 to -32000 are reserved, -32099 to -32000 for servers.
    const isOfTheSpecification = [-32700, -32601, -32602, -32603].includes(definition.rpc)
    const isOfTheServer = definition.rpc >= -32099 && definition.rpc <= -32000
    expect(isOfTheSpecification || isOfTheServer).toBe(true)
    expect(definition.http).toBeGreaterThanOrEqual(400)
    expect(definition.http).toBeLessThan(600)
    // RFC 6455, 7.4: codes an endpoint may send, and the private range.
    const mayClose = [undefined, 1008, 1009, 1011, 1012, 1013]
    expect(mayClose.includes(definition.close) || (definition.close ?? 0) >= 4000).toBe(true)
  })

  test('never calls a request retriable that is wrong in itself', () => {
    const wrong = definitions.filter(([, { http, retriable }]) => retriable && http === 400)
    expect(wrong).toEqual([])
  })
})

describe('LimpetError', () => {
  test('carries code, sentence, details and cause', () => {
    const cause = new Error('ENOENT')
    const error = new LimpetError('SESSION_NOT_FOUND', 'There is no session abc.', {
      details: { session: 'abc' },
      cause,
    })
    expect(error).toBeInstanceOf(Error)
    expect([error.name, error.code, error.message, error.details, error.cause]).toEqual([
      'LimpetError',
      'SESSION_NOT_FOUND',
      'There is no session abc.',
      { session: 'abc' },
      cause,
    ])
    expect(error.definition).toBe(ERRORS.SESSION_NOT_FOUND)
  })

  test('is itself when it was thrown, and INTERNAL around anything else', () => {
    const own = new LimpetError('FORBIDDEN', 'No.')
    expect(toLimpetError(own)).toBe(own)
    const foreign = new TypeError('x is undefined')
    const wrapped = toLimpetError(foreign)
    expect([wrapped.code, wrapped.cause]).toEqual(['INTERNAL', foreign])
    expect(wrapped.message).not.toContain('undefined')
  })
})

test('only names of the registry are codes', () => {
  expect(isErrorCode('INPUT_GAP')).toBe(true)
  for (const other of ['input_gap', 'constructor', '__proto__', '', 7, null, undefined, {}]) {
    expect(isErrorCode(other)).toBe(false)
  }
})
