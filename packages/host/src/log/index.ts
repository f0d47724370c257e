// The public face of the log room.

export { MemoryLog } from './memory-log.ts'
export type { LogChunk, LogCursor, SessionLog } from './session-log.ts'
