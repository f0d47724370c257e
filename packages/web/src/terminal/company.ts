// Owns who is with a terminal: everybody who is attached to its session, and who alone may type, if somebody took
// control [CTRL-9]. Before: the SDK's session says it; after: session/presence.tsx puts it into words.

import type { Session } from '@limpet/client'
import type { Viewer } from '@limpet/protocol'
import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals'

export class Company {
  /** This page's name in markers; empty before it is attached. */
  readonly self: Signal<string> = signal('')
  /** Everybody, this page included, in the order in which they came. */
  readonly viewers: Signal<readonly Viewer[]> = signal([])
  /** The viewer who alone may type; null: all who may. */
  readonly control: Signal<string | null> = signal(null)
  readonly others: ReadonlySignal<readonly Viewer[]> = computed(() =>
    this.viewers.value.filter(({ id }) => id !== this.self.value),
  )
  /** Whoever has control, unless it is this page. */
  readonly holder: ReadonlySignal<Viewer | undefined> = computed(() =>
    this.others.value.find(({ id }) => id === this.control.value),
  )
  readonly isMine: ReadonlySignal<boolean> = computed(
    () => this.control.value !== null && this.control.value === this.self.value,
  )
  #stops: readonly (() => void)[] = []

  /** Takes over what the session says, now and later. */
  follow(session: Session): void {
    // In one step: nobody sees a page that is here in a company of before.
    const note = (): void =>
      batch(() => {
        this.self.value = session.viewer
        this.viewers.value = session.viewers
        this.control.value = session.control
      })
    note()
    this.#stops = [
      session.onViewersChange(note),
      session.onControlChange(note),
      // After a reconnection this page has another name.
      session.onStateChange(note),
    ]
  }

  /** Nobody is said to be here from now on: nothing would say when they go. Idempotent. */
  leave(): void {
    for (const stop of this.#stops) stop()
    this.#stops = []
    this.viewers.value = []
    this.control.value = null
  }
}
