// Owns what a user may say about viewing a session, and the view that the wire wants to know.

import {
  clientIdFrom,
  DEFAULT_WINDOW_BYTES,
  type Attached,
  type AttachmentId,
  type ClientId,
  type TerminalSize,
  type View,
} from '@limpet/protocol'
import type { OutputRecord } from './output-record.ts'
import type { Runtime } from './runtime.ts'

/** Takes records as they come, synchronously and in order, and acknowledges them itself. */
export interface OutputSink<Viewer> {
  /**
   * @param record its bytes stay valid
   * @param session the handle; it comes along because records may precede the promise that gives it
   */
  handleRecord(record: OutputRecord, session: Viewer): void
  /** An attachment began, the first or one after a reconnection: viewer, responder and liveFrom are new. */
  handleAttached?(attached: Attached, session: Viewer): void
}

export interface ViewOptions<Viewer> {
  /** The viewer's own size in cells, 1 to 1000 each; for a new terminal its first size. @default 80 × 24 */
  readonly columns?: number
  readonly rows?: number
  /** Bytes that may come beyond what was acknowledged, 128 KiB to 8 MiB. @default 512 KiB */
  readonly windowBytes?: number
  /** True: this viewer has a terminal that answers queries (DA, DSR …). @default false */
  readonly answers?: boolean
  /** Instead of `output`: takes the records, and acknowledges them. */
  readonly sink?: OutputSink<Viewer>
}

/** A view over all its attachments: it outlives the connections. */
export interface LastingView {
  readonly client: ClientId
  readonly windowBytes: number
  readonly answers: boolean
  readonly size: TerminalSize | undefined
}

/** One client id for each handle: two handles on one session do not take each other's place. */
export function lastingView(options: ViewOptions<never>, runtime: Runtime): LastingView {
  const { columns, rows, windowBytes = DEFAULT_WINDOW_BYTES, answers = false } = options
  const size = columns === undefined || rows === undefined ? undefined : { columns, rows }
  return { client: clientIdFrom(runtime.randomBytes(16)), windowBytes, answers, size }
}

export function viewOnWire(view: LastingView, attachment: AttachmentId): View {
  const { client, windowBytes, answers, size } = view
  return { attachment, client, windowBytes, answers, ...(size && { size }) }
}
