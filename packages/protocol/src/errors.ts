// Owns the registry of everything that can be refused. Programs decide by code, people read messages;
// docs/ERRORS.md is generated from this table. Must not know transports.

/** What one code means on each transport. */
export interface ErrorDefinition {
  /** One sentence for the reference. */
  readonly meaning: string
  /** `error.code` in JSON-RPC 2.0. */
  readonly rpc: number
  /** Status when it answers an HTTP request. */
  readonly http: number
  /** WebSocket close code when it ends a connection; undefined when it never does. */
  readonly close?: number
  /** True when the same request may succeed later without a change. */
  readonly retriable: boolean
}

export const ERRORS = {
  MESSAGE_MALFORMED: {
    meaning: 'The message is not JSON-RPC 2.0, or the frame is not of a known layout.',
    rpc: -32700,
    http: 400,
    close: 4400,
    retriable: false,
  },
  METHOD_NOT_FOUND: {
    meaning: 'No such method, or it is not for this kind of connection.',
    rpc: -32601,
    http: 404,
    retriable: false,
  },
  PARAMETERS_INVALID: {
    meaning: 'A parameter is missing, of the wrong type or out of range; details name it.',
    rpc: -32602,
    http: 400,
    retriable: false,
  },
  INTERNAL: {
    meaning: 'A fault in Limpet itself; the log has the rest under the same id.',
    rpc: -32603,
    http: 500,
    close: 1011,
    retriable: true,
  },
  FRAME_TOO_LARGE: {
    meaning: 'A frame is larger than the limit.',
    rpc: -32001,
    http: 413,
    close: 1009,
    retriable: false,
  },
  UNAUTHENTICATED: {
    meaning: 'No valid login, token or share link came with the request.',
    rpc: -32010,
    http: 401,
    close: 4401,
    retriable: false,
  },
  FORBIDDEN: {
    meaning: 'The principal lacks the right that this needs.',
    rpc: -32011,
    http: 403,
    close: 4403,
    retriable: false,
  },
  ORIGIN_REFUSED: {
    meaning: 'The request comes from a page of another origin.',
    rpc: -32012,
    http: 403,
    retriable: false,
  },
  HOST_NAME_REFUSED: {
    meaning: 'The Host header names neither loopback nor the public URL.',
    rpc: -32013,
    http: 421,
    retriable: false,
  },
  TOO_MANY_LOGINS: {
    meaning: 'Too many wrong logins; wait as long as Retry-After says.',
    rpc: -32014,
    http: 429,
    retriable: true,
  },
  PROTOCOL_UNSUPPORTED: {
    meaning: 'Both ends speak different major versions of the protocol.',
    rpc: -32020,
    http: 426,
    close: 4426,
    retriable: false,
  },
  HOST_UNREACHABLE: {
    meaning: 'The host does not answer or could not be started.',
    rpc: -32021,
    http: 503,
    close: 1013,
    retriable: true,
  },
  DIRECTORY_UNSAFE: {
    meaning: 'A state or runtime directory is not private to this user, or its path is too long.',
    rpc: -32022,
    http: 500,
    retriable: false,
  },
  PROGRAM_NOT_FOUND: {
    meaning: 'No program of that name is offered here.',
    rpc: -32030,
    http: 404,
    retriable: false,
  },
  PROGRAM_ARGUMENTS_REFUSED: {
    meaning: 'The program does not take this line, argv, directory, environment or tty.',
    rpc: -32031,
    http: 400,
    retriable: false,
  },
  EXECUTABLE_NOT_FOUND: {
    meaning: 'The first word of the argv is no executable file in PATH.',
    rpc: -32032,
    http: 422,
    retriable: false,
  },
  WORKING_DIRECTORY_UNUSABLE: {
    meaning: 'The working directory is missing, no directory or not permitted.',
    rpc: -32033,
    http: 422,
    retriable: false,
  },
  LAUNCH_FAILED: {
    meaning: 'The operating system refused to start the process.',
    rpc: -32034,
    http: 500,
    retriable: true,
  },
  TOO_MANY_SESSIONS: {
    meaning: 'The host runs as many sessions as its limit allows.',
    rpc: -32035,
    http: 429,
    retriable: true,
  },
  SESSION_NOT_FOUND: {
    meaning: 'No such session, or it is not yours to see.',
    rpc: -32040,
    http: 404,
    retriable: false,
  },
  SESSION_ENDED: {
    meaning: 'The session has ended; its log can still be read.',
    rpc: -32041,
    http: 409,
    retriable: false,
  },
  SESSION_RUNNING: {
    meaning: 'The session still runs; end it first.',
    rpc: -32042,
    http: 409,
    retriable: false,
  },
  NOT_A_TERMINAL: {
    meaning: 'The session has pipes, not a terminal.',
    rpc: -32043,
    http: 409,
    retriable: false,
  },
  CONTROL_HELD: {
    meaning: 'Another viewer has control of the session; ask for it, or take it.',
    rpc: -32047,
    http: 409,
    retriable: false,
  },
  VIEWER_NOT_FOUND: {
    meaning: 'No such viewer is attached to the session, or it may not type.',
    rpc: -32048,
    http: 404,
    retriable: false,
  },
  SHARE_NOT_FOUND: {
    meaning: 'No such share: it was revoked, it has expired, or it never was.',
    rpc: -32049,
    http: 404,
    retriable: false,
  },
  SIGNAL_UNKNOWN: {
    meaning: 'No signal of that name exists.',
    rpc: -32044,
    http: 400,
    retriable: false,
  },
  ATTACHMENT_IN_USE: {
    meaning: 'The attachment id was used before on this connection.',
    rpc: -32050,
    http: 409,
    retriable: false,
  },
  ATTACHMENT_NOT_FOUND: {
    meaning: 'No attachment with that id exists on this connection.',
    rpc: -32051,
    http: 404,
    retriable: false,
  },
  OFFSET_OUT_OF_RANGE: {
    meaning: 'The offset lies beyond the end of the log, or was never sent.',
    rpc: -32052,
    http: 416,
    retriable: false,
  },
  INPUT_GAP: {
    meaning: 'An input frame is missing before this one; send again from the last acknowledged.',
    rpc: -32060,
    http: 409,
    retriable: true,
  },
  INPUT_OVERFLOW: {
    meaning: 'More input is unacknowledged than the limit allows.',
    rpc: -32061,
    http: 429,
    retriable: true,
  },
  INPUT_CLOSED: {
    meaning: 'The input of the session was ended.',
    rpc: -32062,
    http: 409,
    retriable: false,
  },
  OUTPUT_OVERFLOW: {
    meaning: 'More output came than the caller wanted to keep.',
    rpc: -32063,
    http: 413,
    retriable: false,
  },
  CONNECTION_LOST: {
    meaning:
      'The connection ended before the answer came; it may or may not have been carried out.',
    rpc: -32070,
    http: 503,
    retriable: true,
  },
  QUEUE_FULL: {
    meaning: 'More commands or messages wait than the limit allows.',
    rpc: -32071,
    http: 429,
    close: 1008,
    retriable: true,
  },
} as const satisfies Record<string, ErrorDefinition>

export type ErrorCode = keyof typeof ERRORS

/** Details are JSON: the thing, the limit and the actual value, with units in their names. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/** The one error type of Limpet: a code of the registry, a sentence for people, details for programs. */
export class LimpetError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'LimpetError'
    this.code = code
    this.details = options.details ?? {}
  }

  get definition(): ErrorDefinition {
    return ERRORS[this.code]
  }
}

/** True when `text` is a code of the registry (an unknown code of a newer peer becomes INTERNAL). */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(ERRORS, text)
}

/** What was thrown, as a LimpetError: itself, or INTERNAL around it. */
export function toLimpetError(thrown: unknown): LimpetError {
  if (thrown instanceof LimpetError) return thrown
  return new LimpetError('INTERNAL', 'Something went wrong inside Limpet.', { cause: thrown })
}
