// The public face of the session room.

export { Attachment } from './attachment.ts'
export type { ViewerConnection } from './attachment.ts'
export type { Watcher } from './changes.ts'
export { sessionNotFound } from './not-found.ts'
export { Session } from './session.ts'
export { Sessions } from './sessions.ts'
