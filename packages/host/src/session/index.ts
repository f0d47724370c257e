// The public face of the session room.

export { Attachment } from './attachment.ts'
export type { AttachmentOptions, ViewerConnection } from './attachment.ts'
export type { Watcher } from './changes.ts'
export { LINK_BUFFER_BYTES } from './limits.ts'
export { Session } from './session.ts'
export { Sessions } from './sessions.ts'
