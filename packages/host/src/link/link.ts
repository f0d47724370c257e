// Owns what the handlers of requests may do with the link that asked: its rights, its viewers, its sessions.

import type { AttachmentId, MethodParams, SessionId } from '@limpet/protocol'
import type { Attachment, Session, ViewerConnection, Watcher } from '../session/index.ts'

/** One viewer of a link. */
export interface Viewing {
  readonly session: Session
  readonly attachment: Attachment
}

export interface Link extends ViewerConnection, Watcher {
  readonly isClosed: boolean
  readonly canView: boolean
  /** The one session that it sees [CTRL-10]; undefined: all. */
  readonly scope: SessionId | undefined
  /** Sessions whose life is bound to this link. */
  readonly ownedSessions: Set<Session>
  /** The hello has come: from here on its rights hold. */
  admit(hello: MethodParams<'link.hello'>): void
  /** @throws LimpetError ATTACHMENT_IN_USE */
  reserveAttachment(id: AttachmentId): void
  addViewing(viewing: Viewing): void
  /** @throws LimpetError ATTACHMENT_NOT_FOUND */
  requireViewing(id: AttachmentId): Viewing
  /** @param isLost its client may come back: the connection was lost, or it attaches anew */
  removeViewing(id: AttachmentId, options: { readonly isLost: boolean }): void
}
