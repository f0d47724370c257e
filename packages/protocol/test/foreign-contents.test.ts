// Every decoder of the message tables against values that nobody expects: it gives a value, or a short refusal.
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { LimpetError } from '../src/errors.ts'
import { decodeNotification, decodeParams, decodeResult, encodeError } from '../src/json-rpc.ts'
import { METHODS, type MethodName } from '../src/methods.ts'
import { NOTIFICATIONS, type NotificationName } from '../src/notifications.ts'
import { foreignValues, NASTY_JSON } from './arbitraries.ts'

const methods = Object.keys(METHODS) as MethodName[] // the keys are the names
const notifications = Object.keys(NOTIFICATIONS) as NotificationName[] // the keys are the names

/** A refusal is sent back: it must be small, whatever came. */
const LONGEST_REFUSAL = 4096

/** @returns what was thrown, when it is not a short PARAMETERS_INVALID */
function fault(decode: () => unknown): unknown {
  try {
    decode()
  } catch (error) {
    const isRefusal = error instanceof LimpetError && error.code === 'PARAMETERS_INVALID'
    return isRefusal && encodeError(1, error).length < LONGEST_REFUSAL ? undefined : error
  }
  return undefined
}

function faultsOf(value: unknown): unknown[] {
  const decoders = [
    ...methods.map((name) => () => decodeParams(name, value)),
    ...methods.map((name) => () => decodeResult(name, value)),
    ...notifications.map((name) => () => decodeNotification(name, value)),
  ]
  return decoders.map(fault).filter((found) => found !== undefined)
}

test.each(NASTY_JSON)('%.40s is decoded or refused by a short error', (text) => {
  expect(faultsOf(JSON.parse(text))).toEqual([])
})

test('any value in any known field is decoded or refused by a short error', () => {
  const fields = new Set(
    [...Object.values(METHODS), ...Object.values(NOTIFICATIONS)].flatMap(({ params }) =>
      Object.keys(params.fields),
    ),
  )
  const objects = fc.dictionary(fc.constantFrom(...fields, '__proto__'), foreignValues)
  fc.assert(
    fc.property(fc.oneof(foreignValues, objects), (value) => {
      expect(faultsOf(value)).toEqual([])
    }),
    { numRuns: 300 },
  )
})
