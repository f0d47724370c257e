// Owns how a viewer asks to see a session, and what it learns before its first byte.

import { nameShape } from './launch-plan.ts'
import { MAX_VIEWERS, MAX_WINDOW_BYTES, MIN_WINDOW_BYTES } from './limits.ts'
import { sessionInfoShape } from './session-info.ts'
import { flag, integer, list, nullable, object, optional, text, type Infer } from './shape.ts'
import {
  attachmentIdShape,
  clientIdShape,
  offsetShape,
  sequenceShape,
  terminalSizeShape,
  viewerIdShape,
} from './shapes-of-ids.ts'

/** How a viewer wants to see a session. */
export const viewShape = object({
  /** Chosen by the client, never used before on this connection. */
  attachment: attachmentIdShape,
  /** Whose input sequence it continues. */
  client: clientIdShape,
  /** Default 512 KiB. */
  windowBytes: optional(integer(MIN_WINDOW_BYTES, MAX_WINDOW_BYTES)),
  /** True: this viewer's terminal can answer queries. Default false. */
  answers: optional(flag()),
  /** The viewer's own size; it counts once this viewer types, or is the first. */
  size: optional(terminalSizeShape),
  /** True: it can show checkpoints, and gets one after each gap [FLOW-5]. Default false. */
  checkpoints: optional(flag()),
  /** True: the process is paused rather than bytes discarded that it has not acknowledged; needs the right to type [FLOW-4]. Default false. */
  lossless: optional(flag()),
  /** What the other viewers read. Default the principal's name. */
  name: optional(nameShape),
})

/** One viewer, as the others see it. */
export const viewerShape = object({
  /** Its name in markers. */
  id: viewerIdShape,
  /** What people read. */
  name: nameShape,
  /** False: it watches only. */
  canType: flag(),
})

export const attachedShape = object({
  session: sessionInfoShape,
  /** Offset of the first byte that will be sent. */
  offset: offsetShape,
  /** Queries in bytes below this offset are never answered. */
  liveFrom: offsetShape,
  /** This attachment's name in markers. */
  viewer: viewerIdShape,
  /** Who answers queries from `liveFrom` on: a viewer, "host", or null for nobody. */
  responder: nullable(text({ max: 32 })),
  /** Newest input of this client that the host has taken over: what comes after it is sent again. */
  lastInput: sequenceShape,
  /** Everybody who is attached, this one included, in the order in which they came. */
  viewers: list(viewerShape, { max: MAX_VIEWERS }),
})

export const openedShape = object({ session: sessionInfoShape, attached: optional(attachedShape) })

/** How a viewer wants to see a session. */
export type View = Infer<typeof viewShape>
/** One viewer, as the others see it. */
export type Viewer = Infer<typeof viewerShape>
/** What a new attachment learns before its first byte. */
export type Attached = Infer<typeof attachedShape>
export type Opened = Infer<typeof openedShape>
