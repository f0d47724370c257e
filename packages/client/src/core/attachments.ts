// Owns which attachment a frame is for, and that all of them come back with a new connection. Before: the
// connection; after: each attachment. Frames for unknown ids are dropped: they were detached a moment ago.

import { attachmentId, type AttachmentId, type Checkpoint } from '@limpet/protocol'
import type { Attachment } from './attachment.ts'
import type { Connection, HostNotification } from './connection.ts'

export class Attachments {
  readonly #byId = new Map<AttachmentId, Attachment>()
  readonly #all = new Set<Attachment>()
  #lastId = 0

  /** Never the same twice, on no connection. */
  nextId(): AttachmentId {
    this.#lastId++
    return attachmentId(this.#lastId)
  }

  add(attachment: Attachment): void {
    this.#all.add(attachment)
  }

  /** No more frames for it, no coming back. */
  remove(attachment: Attachment, id: AttachmentId | undefined): void {
    this.#all.delete(attachment)
    if (id !== undefined) this.#byId.delete(id)
  }

  /** Frames with this id are for it. */
  route(id: AttachmentId, attachment: Attachment): void {
    this.#byId.set(id, attachment)
  }

  /** @throws LimpetError when the records break the protocol */
  handleData(id: AttachmentId, records: Uint8Array): void {
    this.#byId.get(id)?.handleData(records)
  }

  /** @throws LimpetError when it is for another place */
  handleCheckpoint(id: AttachmentId, checkpoint: Checkpoint): void {
    this.#byId.get(id)?.handleCheckpoint(checkpoint)
  }

  handleNotification(notification: HostNotification): void {
    switch (notification.method) {
      case 'input.acknowledged': {
        const { attachment, sequence } = notification.params
        return this.#byId.get(attachment)?.handleInputAcknowledged(sequence)
      }
      case 'input.refused':
        return this.#byId
          .get(notification.params.attachment)
          ?.handleInputRefused(notification.params)
      case 'session.detached': {
        const { attachment, reason } = notification.params
        return this.#byId.get(attachment)?.handleDetached(reason)
      }
      case 'viewer.joined':
      case 'viewer.left': {
        const { session } = notification.params
        for (const attachment of [...this.#byId.values()])
          if (attachment.session === session) attachment.handleViewer(notification)
        return undefined
      }
      default:
        return undefined // the others are about the list of sessions, or the host
    }
  }

  handleOpened(connection: Connection): void {
    for (const attachment of [...this.#all]) void attachment.resume(connection)
  }

  handleLost(): void {
    this.#byId.clear()
    for (const attachment of [...this.#all]) attachment.handleLost()
  }

  handleClosed(...reason: Parameters<Attachment['end']>): void {
    this.#byId.clear()
    for (const attachment of [...this.#all]) attachment.end(...reason)
  }
}
