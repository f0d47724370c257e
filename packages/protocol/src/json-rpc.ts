// Owns control messages: JSON-RPC 2.0 in text frames (https://www.jsonrpc.org/specification; no batches).
// Knows the envelope only; parameters are decoded with the tables of methods and notifications.

import { ERRORS, isErrorCode, LimpetError, type ErrorDetails } from './errors.ts'
import { MAX_REQUEST_ID_LENGTH } from './limits.ts'
import {
  isMethodName,
  METHODS,
  type MethodName,
  type MethodParams,
  type MethodResult,
} from './methods.ts'
import {
  isNotificationName,
  NOTIFICATIONS,
  type NotificationName,
  type NotificationParams,
} from './notifications.ts'

/** How much of an unknown name a refusal repeats, in UTF-16 units. */
const SHOWN_LENGTH = 80

export type RequestId = number | string

/** One control message, its envelope checked and its contents not yet. */
export type Message =
  | {
      readonly kind: 'request'
      readonly id: RequestId
      readonly method: string
      readonly params: unknown
    }
  | { readonly kind: 'notification'; readonly method: string; readonly params: unknown }
  | { readonly kind: 'result'; readonly id: RequestId; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: RequestId | null; readonly error: LimpetError }

/** @throws LimpetError MESSAGE_MALFORMED */
export function decodeMessage(textFrame: string): Message {
  let value: unknown
  try {
    value = JSON.parse(textFrame)
  } catch (cause) {
    throw new LimpetError('MESSAGE_MALFORMED', 'The text frame is not JSON.', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LimpetError('MESSAGE_MALFORMED', 'The text frame is not one JSON-RPC object.')
  }
  return messageOf(value as Record<string, unknown>) // an object, checked above
}

function messageOf(fields: Record<string, unknown>): Message {
  const { id, method, params } = fields
  if (fields['jsonrpc'] !== '2.0') {
    throw new LimpetError('MESSAGE_MALFORMED', 'The field jsonrpc is not "2.0".')
  }
  const hasId = isRequestId(id)
  if (typeof method === 'string') {
    if (hasId) return { kind: 'request', id, method, params: params ?? {} }
    if (id === undefined) return { kind: 'notification', method, params: params ?? {} }
  } else if (hasId && 'result' in fields) {
    return { kind: 'result', id, result: fields['result'] }
  } else if ((hasId || id === null) && 'error' in fields) {
    return { kind: 'error', id, error: decodeError(fields['error']) }
  }
  throw new LimpetError('MESSAGE_MALFORMED', 'The object is no request, notification or answer.')
}

export function encodeRequest<M extends MethodName>(
  id: RequestId,
  method: M,
  params: MethodParams<M>,
): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}

export function encodeNotification<N extends NotificationName>(
  method: N,
  params: NotificationParams<N>,
): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params })
}

export function encodeResult<M extends MethodName>(
  id: RequestId,
  _method: M,
  result: MethodResult<M>,
): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result })
}

/** The registry's name travels in `data.code`; `code` is its JSON-RPC number. */
export function encodeError(id: RequestId | null, error: LimpetError): string {
  const data = { code: error.code, details: error.details }
  return JSON.stringify({
    jsonrpc: '2.0',
    id,
    error: { code: ERRORS[error.code].rpc, message: error.message, data },
  })
}

/** @throws LimpetError PARAMETERS_INVALID */
export function decodeParams<M extends MethodName>(method: M, params: unknown): MethodParams<M> {
  return METHODS[method].params.decode(params, '') as MethodParams<M> // the table ties both
}

/** @throws LimpetError PARAMETERS_INVALID when the peer breaks the protocol */
export function decodeResult<M extends MethodName>(method: M, result: unknown): MethodResult<M> {
  return METHODS[method].result.decode(result, 'result') as MethodResult<M> // the table ties both
}

/** @throws LimpetError PARAMETERS_INVALID */
export function decodeNotification<N extends NotificationName>(
  method: N,
  params: unknown,
): NotificationParams<N> {
  return NOTIFICATIONS[method].params.decode(params, '') as NotificationParams<N> // the table ties both
}

/** @throws LimpetError METHOD_NOT_FOUND */
export function methodNamed(name: string): MethodName {
  if (isMethodName(name)) return name
  const method = name.slice(0, SHOWN_LENGTH) // foreign, and as long as a frame may be
  throw new LimpetError('METHOD_NOT_FOUND', `There is no method ${JSON.stringify(method)}.`, {
    details: { method },
  })
}

/** Unknown notifications of a newer peer are ignored, so this answers undefined for them. */
export function notificationNamed(name: string): NotificationName | undefined {
  return isNotificationName(name) ? name : undefined
}

function isRequestId(id: unknown): id is RequestId {
  if (typeof id === 'string') return id.length <= MAX_REQUEST_ID_LENGTH
  return typeof id === 'number' && Number.isSafeInteger(id)
}

function decodeError(value: unknown): LimpetError {
  const error = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  > // read field by field
  const data = (
    typeof error['data'] === 'object' && error['data'] !== null ? error['data'] : {}
  ) as Record<string, unknown> // read field by field
  const message =
    typeof error['message'] === 'string' ? error['message'] : 'The peer gave no message.'
  const details = (
    typeof data['details'] === 'object' && data['details'] !== null ? data['details'] : {}
  ) as ErrorDetails // any JSON object is details
  const code = isErrorCode(data['code']) ? data['code'] : 'INTERNAL'
  return new LimpetError(code, message, { details })
}
