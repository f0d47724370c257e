// The public face of @limpet/protocol: the wire and the log record, and only they.

export type { Channel, ChannelClosed, ChannelHandlers } from './channel.ts'
export { ERRORS, isErrorCode, LimpetError, toLimpetError } from './errors.ts'
export type { ErrorCode, ErrorDefinition, ErrorDetails } from './errors.ts'
export {
  CHECKPOINT_HEADER_BYTES,
  checkpointFrameHeader,
  DATA_HEADER_BYTES,
  dataFrameHeader,
  decodeFrame,
  encodeInputFrame,
  FRAME_KIND,
  INPUT_HEADER_BYTES,
} from './frame.ts'
export type { Checkpoint, Frame, InputFrame } from './frame.ts'
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
export { labelsShape, launchPlanShape, SIZE_RULES } from './launch-plan.ts'
export type { LaunchPlan, Lifetime, SizeRuleName } from './launch-plan.ts'
export {
  ACKNOWLEDGE_STEP_BYTES,
  ACKNOWLEDGE_WINDOW_SHARE,
  DEFAULT_WINDOW_BYTES,
  MAX_ARGUMENTS,
  MAX_ARGUMENT_LENGTH,
  MAX_CHECKPOINT_BYTES,
  MAX_FRAME_BYTES,
  MAX_INPUT_PAYLOAD_BYTES,
  MAX_KEEP_ENDED_MS,
  MAX_LABELS,
  MAX_LABEL_LENGTH,
  MAX_NAME_LENGTH,
  MAX_RECORD_PAYLOAD_BYTES,
  MAX_RETAIN_BYTES,
  MAX_SHARE_MS,
  MAX_SHARES,
  MAX_TERMINAL_CELLS,
  MAX_UNACKNOWLEDGED_INPUT_BYTES,
  MAX_VIEWERS,
  MAX_WINDOW_BYTES,
  MIN_RETAIN_BYTES,
  MIN_WINDOW_BYTES,
  NATIVE_SUBPROTOCOL,
  PROTOCOL_VERSION,
} from './limits.ts'
export { isMethodName, METHODS } from './methods.ts'
export type { MethodDefinition, MethodName, MethodParams, MethodResult } from './methods.ts'
export { SHARE_ROLES } from './share-info.ts'
export type { ShareInfo } from './share-info.ts'
export { HOST_RESPONDER } from './shapes-of-ids.ts'
export type { Attached, Opened, View, Viewer } from './view.ts'
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
export { sessionInfoShape } from './session-info.ts'
export type { ExitStatus, SessionInfo } from './session-info.ts'
export type { Infer, Shape } from './shape.ts'
export type { TerminalSize } from './shapes-of-ids.ts'
