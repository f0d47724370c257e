// Owns who is told that a viewer came or went: every other connection that is attached to the session, once,
// however many viewers of it that connection has; never the viewer's own [CTRL-11].

import type { SessionId } from '@limpet/protocol'
import type { Attachment, ViewerConnection } from './attachment.ts'

/** @param attachments all of the session's, the new one included or not */
export function announceJoined(
  session: SessionId,
  attachment: Attachment,
  attachments: Iterable<Attachment>,
): void {
  const { shown: viewer } = attachment
  for (const connection of othersThan(attachment, attachments)) {
    connection.notify('viewer.joined', { session, viewer })
  }
}

/** @param attachments those who remain */
export function announceLeft(
  session: SessionId,
  attachment: Attachment,
  attachments: Iterable<Attachment>,
): void {
  const { shown: viewer } = attachment
  for (const connection of othersThan(attachment, attachments)) {
    connection.notify('viewer.left', { session, viewer })
  }
}

function othersThan(
  { connection: own }: Attachment,
  attachments: Iterable<Attachment>,
): ReadonlySet<ViewerConnection> {
  const connections = new Set<ViewerConnection>()
  for (const { connection } of attachments) if (connection !== own) connections.add(connection)
  return connections
}
