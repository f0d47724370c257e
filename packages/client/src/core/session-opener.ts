// Owns how handles of sessions begin: the view that is asked for, and the handle that is made in the very
// turn in which the answer comes, before its first frame. Before: Limpet; after: the session.

import {
  byteOffset,
  LimpetError,
  parseSessionId,
  type Attached,
  type ByteOffset,
  type MethodParams,
  type Opened,
  type SessionId,
  type View,
} from '@limpet/protocol'
import { detachFromHost, type AttachmentRegistry } from './attachment.ts'
import type { Connection } from './connection.ts'
import type { AttachOptions } from './open-options.ts'
import type { Runtime } from './runtime.ts'
import { Session, type SessionOptions } from './session.ts'
import { lastingView, viewOnWire, type ViewOptions } from './view-options.ts'

export interface SessionOpenerOptions {
  readonly registry: AttachmentRegistry
  readonly runtime: Runtime
  /** The connection, once there is one. */
  readonly connected: () => Promise<Connection>
  readonly request: SessionOptions['request']
}

/** Sends what begins an attachment; `accept` makes the handle from the answer. */
type Begin = (
  connection: Connection,
  view: View,
  accept: (attached: Attached, from: ByteOffset, startsAtScreen?: boolean) => Session,
) => Promise<Session>

export class SessionOpener {
  readonly #options: SessionOpenerOptions

  constructor(options: SessionOpenerOptions) {
    this.#options = options
  }

  /** @throws LimpetError */
  open<M extends 'program.start' | 'session.open'>(
    method: M,
    params: Omit<MethodParams<M>, 'view'>,
    options: ViewOptions<Session>,
  ): Promise<Session> {
    return this.#view(options, (connection, view, accept) => {
      const request = { ...params, view } as MethodParams<M> // both methods take this view
      return connection.ask(method, request, {
        accept: (opened: Opened) => accept(attachedOf(opened), byteOffset(0)),
        handleLate: () => void detachFromHost(connection, view.attachment),
      })
    })
  }

  /** @throws LimpetError */
  async attach(id: string, options: AttachOptions): Promise<Session> {
    const session = requireSessionId(id)
    const { from = 'start' } = options
    const wanted = typeof from === 'number' ? byteOffset(from) : from
    const startsAtScreen = from === 'screen'
    // Who begins with the screen is one who can show it: it never wants old bytes instead of a checkpoint.
    return this.#view({ checkpoints: startsAtScreen, ...options }, (connection, view, accept) =>
      connection.ask(
        'session.attach',
        { session, view, from: wanted },
        {
          // "start", "screen" and "end" are places that only the host can name.
          accept: (attached) =>
            accept(attached, typeof wanted === 'number' ? wanted : attached.offset, startsAtScreen),
          handleLate: () => void detachFromHost(connection, view.attachment),
        },
      ),
    )
  }

  async #view(options: ViewOptions<Session>, begin: Begin): Promise<Session> {
    const { registry, runtime, connected, request } = this.#options
    const connection = await connected()
    const view = lastingView(options, runtime)
    const id = registry.nextId()
    const facts = { registry, runtime, request, view, connection, id, sink: options.sink }
    const accept: Parameters<Begin>[2] = (attached, from, startsAtScreen = false) =>
      new Session({ ...facts, attached, from, startsAtScreen })
    return begin(connection, viewOnWire(view, id), accept)
  }
}

/** @throws LimpetError SESSION_NOT_FOUND: what is no session id names no session */
export function requireSessionId(id: string): SessionId {
  const session = parseSessionId(id)
  if (session === undefined) throw notFound(id)
  return session
}

function attachedOf({ attached, session }: Opened): Attached {
  if (attached) return attached
  throw new LimpetError('INTERNAL', `Session ${session.id} was started but not attached.`)
}

function notFound(id: string): LimpetError {
  return new LimpetError('SESSION_NOT_FOUND', `${JSON.stringify(id)} is no session id.`, {
    details: { session: id },
  })
}
