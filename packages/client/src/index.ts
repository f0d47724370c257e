// The public face of @limpet/client: the same in Node and in browsers.

export { connect, connectInBackground } from './connect.ts'
export type { ConnectOptions } from './connect.ts'
export {
  asciicast,
  Limpet,
  plainText,
  Session,
  systemRuntime,
  WebSocketChannel,
} from './core/index.ts'
export type {
  AbortSignalLike,
  AsciicastOptions,
  AttachmentState,
  AttachOptions,
  CheckpointRecord,
  ConnectionState,
  HistoryOptions,
  HostState,
  LoggedRecord,
  OpenOptions,
  OpenPlanOptions,
  OutputRecord,
  OutputSink,
  OverOptions,
  ProgramChoice,
  ProgramStart,
  RequestOptions,
  RunOptions,
  RunOutput,
  RunResult,
  Runtime,
  SessionChange,
  SessionSettings,
  SessionWatch,
  ShareOptions,
  ViewOptions,
  WebSocketLike,
  WriteOptions,
} from './core/index.ts'
export { LimpetError } from '@limpet/protocol'
