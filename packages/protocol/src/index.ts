// The public face of @limpet/protocol: the wire and the log record, and only they.

export type { Channel, ChannelClosed, ChannelHandlers } from './channel.ts'
export { ERRORS, isErrorCode, LimpetError, toLimpetError } from './errors.ts'
export type { ErrorCode, ErrorDefinition, ErrorDetails } from './errors.ts'
export {
  DATA_HEADER_BYTES,
  dataFrameHeader,
  decodeFrame,
  encodeInputFrame,
  FRAME_KIND,
  INPUT_HEADER_BYTES,
} from './frame.ts'
export type { Frame, InputFrame } from './frame.ts'
export {
  attachmentId,
  byteOffset,
  clientIdFrom,
  inputSequence,
  parseClientId,
  parseSessionId,
  sessionIdFrom,
} from './ids.ts'
export type { AttachmentId, ByteOffset, ClientId, InputSequence, SessionId } from './ids.ts'
export {
  decodeMessage,
  decodeNotification,
  decodeParams,
  decodeResult,
  encodeError,
  encodeNotification,
  encodeRequest,
  encodeResult,
  methodNamed,
  notificationNamed,
} from './json-rpc.ts'
export type { Message, RequestId } from './json-rpc.ts'
export type { LaunchPlan, Lifetime } from './launch-plan.ts'
export {
  ACKNOWLEDGE_WINDOW_SHARE,
  DEFAULT_WINDOW_BYTES,
  MAX_ARGUMENTS,
  MAX_ARGUMENT_LENGTH,
  MAX_FRAME_BYTES,
  MAX_INPUT_PAYLOAD_BYTES,
  MAX_NAME_LENGTH,
  MAX_RECORD_PAYLOAD_BYTES,
  MAX_TERMINAL_CELLS,
  MAX_UNACKNOWLEDGED_INPUT_BYTES,
  MAX_WINDOW_BYTES,
  MIN_WINDOW_BYTES,
  NATIVE_SUBPROTOCOL,
  PROTOCOL_VERSION,
} from './limits.ts'
export { isMethodName, METHODS } from './methods.ts'
export type {
  Attached,
  MethodDefinition,
  MethodName,
  MethodParams,
  MethodResult,
  Opened,
  View,
} from './methods.ts'
export { NOTIFICATIONS } from './notifications.ts'
export type {
  NotificationDefinition,
  NotificationName,
  NotificationParams,
} from './notifications.ts'
export { encodeFact, factOf } from './record-facts.ts'
export type { Fact, Gap, Marker } from './record-facts.ts'
export {
  decodeRecords,
  encodeRecord,
  loggedBytes,
  readRecordHeader,
  RECORD_CONTINUED,
  RECORD_HEADER_BYTES,
  RECORD_KIND,
  viewOf,
  writeRecordHeader,
} from './record.ts'
export type { LogRecord, RecordHeader, RecordKind } from './record.ts'
export { RIGHTS, RIGHTS_OF_ROLE, ROLES } from './rights.ts'
export type { Right, Role } from './rights.ts'
export type { ExitStatus, SessionInfo } from './session-info.ts'
export type { Infer, Shape } from './shape.ts'
export type { TerminalSize } from './shapes-of-ids.ts'
