// The public face of the log room.

export { DiskLog } from './disk-log.ts'
export { findLog } from './find-log.ts'
export type { LastRecord } from './find-log.ts'
export { LogDisk } from './log-disk.ts'
export { isMissing } from './log-files.ts'
export type { LogFiles } from './log-files.ts'
export type { LogLayout } from './log-layout.ts'
export { MemoryLog } from './memory-log.ts'
export type { LogChunk, LogCursor, SessionLog } from './session-log.ts'
