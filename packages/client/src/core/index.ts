// The public face of the SDK's core: everything that runs without Node and without a DOM.

export { asciicast } from './asciicast.ts'
export type { AsciicastOptions } from './asciicast.ts'
export type { AttachmentState } from './attachment.ts'
export type { ConnectionState } from './connection-state.ts'
export type { HistoryOptions } from './history.ts'
export type { HostState } from './host-state.ts'
export type { WriteOptions } from './input-queue.ts'
export { Limpet } from './limpet.ts'
export type { ShareOptions } from './limpet.ts'
export { CLOSE_DEADLINE_MS, DIAL_DEADLINE_MS } from './limits.ts'
export type {
  AttachOptions,
  OpenOptions,
  OpenPlanOptions,
  ProgramChoice,
  ProgramStart,
} from './open-options.ts'
export type { CheckpointRecord, LoggedRecord, OutputRecord } from './output-record.ts'
export type { OverOptions, RequestOptions } from './over-options.ts'
export { plainText } from './plain-text.ts'
export type { AbortSignalLike, RunOptions, RunOutput, RunResult } from './run.ts'
export { systemRuntime } from './runtime.ts'
export type { Runtime } from './runtime.ts'
export type { SessionChange, SessionWatch } from './session-list.ts'
export { Session } from './session.ts'
export type { SessionSettings } from './session.ts'
export type { OutputSink, ViewOptions } from './view-options.ts'
export { WebSocketChannel } from './web-socket-channel.ts'
export type { WebSocketLike } from './web-socket-channel.ts'
