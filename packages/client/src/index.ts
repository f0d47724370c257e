// The public face of @limpet/client: the same in Node and in browsers.

export { connect, connectInBackground } from './connect.ts'
export type { ConnectOptions } from './connect.ts'
export { Limpet, Session, systemRuntime, WebSocketChannel } from './core/index.ts'
export type {
  AbortSignalLike,
  AttachmentState,
  AttachOptions,
  ConnectionState,
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
  SessionWatch,
  ViewOptions,
  WebSocketLike,
  WriteOptions,
} from './core/index.ts'
export { LimpetError } from '@limpet/protocol'
