// Owns who alone may type [CTRL-9]: nobody (all who may), one viewer, or for CONTROL_HOLD_MS one whose
// connection was lost. Each change is a marker in the log. Must not know how input travels.
//
//            take, hand over                     connection lost
//   all may ────────────────▶ one viewer may ───────────────────▶ kept for its client
//      ▲                        │       ▲                            │        │
//      └── give back, detach ───┘       └──── the client returns ────┘        │
//      └──────────────────────────────────────── CONTROL_HOLD_MS ─────────────┘

import { LimpetError, type ClientId, type Marker } from '@limpet/protocol'
import type { Attachment } from './attachment.ts'
import { CONTROL_HOLD_MS } from './limits.ts'

export interface ControlOptions {
  readonly appendMarker: (marker: Marker) => void
  /** It changed hands: sizes and lists follow. */
  readonly handleChanged: () => void
}

interface Holder {
  readonly viewer: string
  readonly client: ClientId
  /** Absent while its connection is lost. */
  readonly attachment?: Attachment
}

export class Control {
  readonly #options: ControlOptions
  #holder: Holder | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: ControlOptions) {
    this.#options = options
  }

  /** Name of the viewer who alone may type; undefined: all who may. */
  get viewer(): string | undefined {
    return this.#holder?.viewer
  }

  /** The viewer who has control and is here. */
  get leader(): Attachment | undefined {
    return this.#holder?.attachment
  }

  /** False while somebody else has control. */
  allows({ client }: Attachment): boolean {
    return this.#holder === undefined || this.#holder.client === client
  }

  /**
   * @param viewer who alone may type from here on; null: all who may
   * @throws LimpetError VIEWER_NOT_FOUND when no such viewer is among `viewers`, or it may not type
   */
  give(viewer: string | null, viewers: Iterable<Attachment>): void {
    if (viewer === null) return this.#set(undefined)
    const attachment = [...viewers].find((one) => one.viewer === viewer)
    if (attachment?.connection.canType !== true) {
      throw new LimpetError('VIEWER_NOT_FOUND', `No viewer ${viewer} who may type is attached.`, {
        details: { viewer },
      })
    }
    this.#set({ viewer, client: attachment.client, attachment })
  }

  /** A client that lost its connection and returns has its control again, under its new name. */
  handleAttached(attachment: Attachment): void {
    const { viewer, client, connection } = attachment
    if (this.#holder?.client !== client || this.#holder.attachment) return
    this.#set(connection.canType ? { viewer, client, attachment } : undefined)
  }

  /** @param isLost its client may come back: its connection was lost, or it attaches anew */
  handleDetached(attachment: Attachment, isLost: boolean): void {
    if (this.#holder?.attachment !== attachment) return
    if (!isLost) return this.#set(undefined)
    this.#holder = { viewer: attachment.viewer, client: attachment.client }
    this.#timer = setTimeout(() => this.#set(undefined), CONTROL_HOLD_MS)
  }

  /** The process has ended: nobody types any more. */
  close(): void {
    clearTimeout(this.#timer)
    this.#holder = undefined
  }

  #set(holder: Holder | undefined): void {
    clearTimeout(this.#timer)
    const before = this.#holder?.viewer
    this.#holder = holder
    if (before === holder?.viewer) return
    this.#options.appendMarker({ type: 'control', viewer: holder?.viewer ?? null })
    this.#options.handleChanged()
  }
}
