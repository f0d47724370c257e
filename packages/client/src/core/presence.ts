// Owns who watches a session beside this viewer, and who of them alone may type. Before: the attachment's
// answers, notifications and records; after: the session's handle.

import type { Attached, ByteOffset, Marker, Viewer } from '@limpet/protocol'
import type { ViewerNotification } from './connection.ts'
import { Listeners } from './listeners.ts'
import type { Runtime } from './runtime.ts'

export class Presence {
  readonly #viewersListeners: Listeners<readonly Viewer[]>
  readonly #controlListeners: Listeners<string | null>
  #viewers: readonly Viewer[]
  #control: string | null
  /** Markers below this offset are history: what is known is newer. */
  #knownUpTo: ByteOffset

  constructor(runtime: Runtime, attached: Attached) {
    this.#viewersListeners = new Listeners(runtime)
    this.#controlListeners = new Listeners(runtime)
    this.#viewers = attached.viewers
    this.#control = attached.session.control ?? null
    this.#knownUpTo = attached.session.end
  }

  get viewers(): readonly Viewer[] {
    return this.#viewers
  }

  get control(): string | null {
    return this.#control
  }

  onViewersChange(listener: (viewers: readonly Viewer[]) => void): () => void {
    return this.#viewersListeners.add(listener)
  }

  onControlChange(listener: (control: string | null) => void): () => void {
    return this.#controlListeners.add(listener)
  }

  /** An attachment began, the first or a later one: whoever came or left meanwhile is in its answer. */
  handleAttached({ viewers, session }: Attached): void {
    if (session.end > this.#knownUpTo) this.#knownUpTo = session.end
    if (viewers !== this.#viewers) this.#setViewers(viewers)
    this.#setControl(session.control ?? null)
  }

  handleViewer({ method, params: { viewer } }: ViewerNotification): void {
    const others = this.#viewers.filter(({ id }) => id !== viewer.id)
    this.#setViewers(method === 'viewer.joined' ? [...others, viewer] : others)
  }

  /** @param offset where the marker stands */
  handleMarker(marker: Marker, offset: ByteOffset): void {
    if (marker.type === 'control' && offset >= this.#knownUpTo) this.#setControl(marker.viewer)
  }

  #setViewers(viewers: readonly Viewer[]): void {
    this.#viewers = viewers
    this.#viewersListeners.emit(viewers)
  }

  #setControl(control: string | null): void {
    if (control === this.#control) return
    this.#control = control
    this.#controlListeners.emit(control)
  }
}
