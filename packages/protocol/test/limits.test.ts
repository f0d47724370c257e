// Relations between limits: each of them holds, or two ends wait for each other or refuse what the other may send.
import { expect, test } from 'vitest'

import { DATA_HEADER_BYTES, INPUT_HEADER_BYTES } from '../src/frame.ts'
import { encodeError } from '../src/json-rpc.ts'
import { LimpetError } from '../src/errors.ts'
import {
  ACKNOWLEDGE_WINDOW_SHARE,
  DEFAULT_WINDOW_BYTES,
  MAX_ARGUMENT_LENGTH,
  MAX_FRAME_BYTES,
  MAX_INPUT_PAYLOAD_BYTES,
  MAX_NAME_LENGTH,
  MAX_RECORD_PAYLOAD_BYTES,
  MAX_REQUEST_ID_LENGTH,
  MAX_UNACKNOWLEDGED_INPUT_BYTES,
  MAX_VARIABLE_NAME_LENGTH,
  MAX_WINDOW_BYTES,
  MIN_WINDOW_BYTES,
  NATIVE_SUBPROTOCOL,
  PROTOCOL_VERSION,
} from '../src/limits.ts'
import { RECORD_HEADER_BYTES } from '../src/record.ts'

test('the largest record fits a data frame', () => {
  const largest = DATA_HEADER_BYTES + RECORD_HEADER_BYTES + MAX_RECORD_PAYLOAD_BYTES
  expect(largest).toBeLessThanOrEqual(MAX_FRAME_BYTES)
})

test('the largest input frame fits a frame, and several fit the unacknowledged input of a client', () => {
  expect(INPUT_HEADER_BYTES + MAX_INPUT_PAYLOAD_BYTES).toBeLessThanOrEqual(MAX_FRAME_BYTES)
  expect(2 * MAX_INPUT_PAYLOAD_BYTES).toBeLessThanOrEqual(MAX_UNACKNOWLEDGED_INPUT_BYTES)
})

test('[FLOW-1] a window has room for a whole record while an acknowledgement is still owed', () => {
  const owed = ACKNOWLEDGE_WINDOW_SHARE * MIN_WINDOW_BYTES
  expect(owed + MAX_RECORD_PAYLOAD_BYTES).toBeLessThanOrEqual(MIN_WINDOW_BYTES)
})

test('the default window lies within what may be asked for', () => {
  expect(MIN_WINDOW_BYTES).toBeLessThanOrEqual(DEFAULT_WINDOW_BYTES)
  expect(DEFAULT_WINDOW_BYTES).toBeLessThanOrEqual(MAX_WINDOW_BYTES)
})

test('a command line of the greatest length fits a text frame even if every character is escaped', () => {
  const escaped = JSON.stringify('\u001F'.repeat(MAX_ARGUMENT_LENGTH))
  expect(escaped.length + 1024).toBeLessThanOrEqual(MAX_FRAME_BYTES)
})

test('a refusal that repeats the longest id and names the deepest parameter stays small', () => {
  const error = new LimpetError('PARAMETERS_INVALID', 'x'.repeat(1000))
  const text = encodeError('"'.repeat(MAX_REQUEST_ID_LENGTH), error)
  expect(text.length).toBeLessThan(4096)
})

test('names are shorter than what they stand for', () => {
  expect(MAX_NAME_LENGTH).toBeLessThan(MAX_ARGUMENT_LENGTH)
  expect(MAX_VARIABLE_NAME_LENGTH).toBeLessThan(MAX_ARGUMENT_LENGTH)
})

test('the subprotocol names the version', () => {
  expect(NATIVE_SUBPROTOCOL).toBe(`limpet.v${PROTOCOL_VERSION}`)
})
