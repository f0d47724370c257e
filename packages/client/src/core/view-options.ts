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
  /**
   * True: this viewer can show checkpoints, and gets one after each gap instead of the oldest bytes that are
   * kept. @default true when attached from the screen, else false
   */
  readonly checkpoints?: boolean
  /**
   * True: the process is paused rather than bytes lost that were not acknowledged, also while the connection
   * is lost, up to 60 s. Should bytes be missing all the same, the handle ends with OUTPUT_OVERFLOW. Needs the
   * right to type. @default false
   */
  readonly lossless?: boolean
  /** What the other viewers read, up to 120 characters. @default the principal's name */
  readonly viewerName?: string
  /** Instead of `output`: takes the records and checkpoints, and acknowledges them. */
  readonly sink?: OutputSink<Viewer>
}

/** A view over all its attachments: it outlives the connections. */
export interface LastingView {
  readonly client: ClientId
  readonly windowBytes: number
  readonly answers: boolean
  readonly size: TerminalSize | undefined
  readonly checkpoints: boolean
  readonly lossless: boolean
  readonly name: string | undefined
}

/** One client id for each handle: two handles on one session do not take each other's place. */
export function lastingView(options: ViewOptions<never>, runtime: Runtime): LastingView {
  const { columns, rows, windowBytes = DEFAULT_WINDOW_BYTES, answers = false } = options
  const size = columns === undefined || rows === undefined ? undefined : { columns, rows }
  const { checkpoints = false, lossless = false, viewerName: name } = options
  const client = clientIdFrom(runtime.randomBytes(16))
  return { client, windowBytes, answers, size, checkpoints, lossless, name }
}

export function viewOnWire(view: LastingView, attachment: AttachmentId): View {
  const { client, windowBytes, answers, size, checkpoints, lossless, name } = view
  return {
    attachment,
    client,
    windowBytes,
    answers,
    checkpoints,
    lossless,
    ...(size && { size }),
    ...(name !== undefined && { name }),
  }
}
