// Owns the messages that expect no answer, declared as data like the methods.

import { isErrorCode, type ErrorCode } from './errors.ts'
import { sessionInfoShape } from './session-info.ts'
import { object, oneOf, parsed, quantity, text, type Infer, type Shape } from './shape.ts'
import { attachmentIdShape, offsetShape, sequenceShape, sessionIdShape } from './shapes-of-ids.ts'
import { viewerShape } from './view.ts'

/** One notification of the protocol. */
export interface NotificationDefinition {
  readonly summary: string
  readonly from: 'client' | 'host'
  readonly params: Shape<unknown>
}

/** A code that only a newer peer knows is a fault without a name here, not a broken message. */
const errorCodeShape = parsed<ErrorCode>('error code', (value) => {
  if (isErrorCode(value)) return value
  return typeof value === 'string' ? 'INTERNAL' : undefined
})

export const NOTIFICATIONS = {
  'session.acknowledge': {
    summary:
      'The viewer has consumed all bytes before the offset; cumulative and repeatable [FLOW-1].',
    from: 'client',
    params: object({ attachment: attachmentIdShape, offset: offsetShape }),
  },
  'input.acknowledged': {
    summary: 'All input of this client up to the sequence was written to the process.',
    from: 'host',
    params: object({ attachment: attachmentIdShape, sequence: sequenceShape }),
  },
  'input.refused': {
    summary: 'An input frame was not applied.',
    from: 'host',
    params: object({
      attachment: attachmentIdShape,
      sequence: sequenceShape,
      code: errorCodeShape,
      message: text({ max: 1000 }),
    }),
  },
  'session.detached': {
    summary: 'The host ended this attachment; no more frames come for it.',
    from: 'host',
    params: object({
      attachment: attachmentIdShape,
      /** superseded: the same client attached again elsewhere. removed: the session is forgotten. */
      reason: oneOf(['superseded', 'removed']),
    }),
  },
  'session.opened': {
    summary: 'A session was started (for connections that watch the list).',
    from: 'host',
    params: object({ session: sessionInfoShape }),
  },
  'session.changed': {
    summary:
      'Name, size, viewers or new output; at most one a second and session for output alone.',
    from: 'host',
    params: object({ session: sessionInfoShape }),
  },
  'session.exited': {
    summary: 'A session ended.',
    from: 'host',
    params: object({ session: sessionInfoShape }),
  },
  'session.removed': {
    summary: 'A session and its log are forgotten.',
    from: 'host',
    params: object({ id: sessionIdShape }),
  },
  'session.seen': {
    summary:
      'The principal of this connection has seen output elsewhere (for those that watch the list).',
    from: 'host',
    params: object({ session: sessionIdShape, outputAt: quantity() }),
  },
  'host.changed': {
    summary: 'The host has become silent, or answers again; a gateway watches it.',
    from: 'host',
    params: object({
      /** unresponsive: no answer for 10 s; what is sent waits. */
      state: oneOf(['responsive', 'unresponsive']),
    }),
  },
  'viewer.joined': {
    summary: 'Somebody else attached to a session that this connection is attached to.',
    from: 'host',
    params: object({ session: sessionIdShape, viewer: viewerShape }),
  },
  'viewer.left': {
    summary: 'Somebody else is no longer attached.',
    from: 'host',
    params: object({ session: sessionIdShape, viewer: viewerShape }),
  },
} as const satisfies Record<string, NotificationDefinition>

export type NotificationName = keyof typeof NOTIFICATIONS
export type NotificationParams<N extends NotificationName> = Infer<
  (typeof NOTIFICATIONS)[N]['params']
>

export function isNotificationName(name: string): name is NotificationName {
  return Object.hasOwn(NOTIFICATIONS, name)
}
