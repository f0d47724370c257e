// Owns what a link that came by a share can reach: one session, as if there were no other [CTRL-10]. Every request
// passes `requireInScope`, every notification `isInScope`; a new method or notification does not compile before it
// has its row here. Must not know how requests are handled.

import {
  LimpetError,
  type MethodParams,
  type NotificationName,
  type NotificationParams,
  type SessionId,
} from '@limpet/protocol'
import { sessionNotFound } from '../session/index.ts'
import type { HostMethod } from './requests.ts'

type Rules = {
  readonly [M in HostMethod]: (scope: SessionId, params: MethodParams<M>) => void
}

const anyone = (): void => {}
/** Only for who sees all sessions. */
const ownersOnly = (): never => {
  throw beyondShare()
}
const ownSession = (scope: SessionId, { session }: { readonly session: SessionId }): void => {
  if (session !== scope) throw sessionNotFound(session)
}
/** It is the owner's to decide, but there is no other session to see either. */
const ownersOnSession = (scope: SessionId, params: { readonly session: SessionId }): never => {
  ownSession(scope, params)
  throw beyondShare()
}

const RULES: Rules = {
  'link.hello': anyone,
  'link.ping': anyone,
  'host.status': ownersOnly,
  'host.stop': ownersOnly,
  'session.open': ownersOnly,
  // Answers the one session: the handler asks for the link's scope.
  'session.list': anyone,
  'session.attach': ownSession,
  // Attachments are those of this link.
  'session.detach': anyone,
  'session.resize': anyone,
  'session.control': anyone,
  'session.signal': ownSession,
  // Whoever may type can end the program anyway.
  'session.kill': ownSession,
  'session.see': ownSession,
  'session.configure': (scope, params) => {
    ownSession(scope, params)
    if (params.labels) throw beyondShare()
  },
  // Name, labels and history are how the owner finds it again.
  'session.rename': ownersOnSession,
  'session.remove': ownersOnSession,
}

/** Of which session a notification tells; undefined: of the link itself. */
const SESSION_OF: {
  readonly [N in NotificationName]: (params: NotificationParams<N>) => SessionId | undefined
} = {
  'session.acknowledge': () => undefined,
  'input.acknowledged': () => undefined,
  'input.refused': () => undefined,
  'session.detached': () => undefined,
  'session.opened': ({ session }) => session.id,
  'session.changed': ({ session }) => session.id,
  'session.exited': ({ session }) => session.id,
  'session.removed': ({ id }) => id,
  'session.seen': ({ session }) => session,
  'host.changed': () => undefined,
  'viewer.joined': ({ session }) => session,
  'viewer.left': ({ session }) => session,
}

/**
 * @param scope the one session of the link; undefined: all
 * @throws LimpetError SESSION_NOT_FOUND, FORBIDDEN
 */
export function requireInScope<M extends HostMethod>(
  scope: SessionId | undefined,
  method: M,
  params: MethodParams<M>,
): void {
  if (scope !== undefined) RULES[method](scope, params)
}

/** True when a link of this scope may be told. */
export function isInScope<N extends NotificationName>(
  scope: SessionId | undefined,
  method: N,
  params: NotificationParams<N>,
): boolean {
  if (scope === undefined) return true
  const session = SESSION_OF[method](params)
  return session === undefined || session === scope
}

function beyondShare(): LimpetError {
  return new LimpetError('FORBIDDEN', 'A share gives no right to this; ask the owner.')
}
