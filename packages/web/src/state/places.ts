// Owns where a person is: the tabs, in order, and the one in front. Remembered for each browser; the address may
// name a session, too (`#s=ID`), so that a place can be linked.

import { computed, type ReadonlySignal, type Signal } from '@preact/signals'
import { parseSessionId, type SessionId } from '@limpet/protocol'
import { parseText, parseTexts, type BrowserState } from './browser-state.ts'

/** The stream of commands, or one session. */
export type Place = 'stream' | SessionId

export interface Places {
  /** Sessions open as tabs, left to right; the stream stands before them. */
  readonly tabs: ReadonlySignal<readonly SessionId[]>
  readonly current: ReadonlySignal<Place>
  go(place: Place): void
  /** Takes the tab away; the session goes on. */
  close(id: SessionId): void
  /** Moves a tab to the place of another one. */
  move(id: SessionId, before: SessionId | undefined): void
  /** The stream, then the tabs: what Alt-1…9 counts. */
  readonly all: ReadonlySignal<readonly Place[]>
}

export function createPlaces(browser: BrowserState): Places {
  const stored: Signal<readonly string[]> = browser.remember<readonly string[]>(
    'tabs',
    parseTexts,
    [],
  )
  const place = browser.remember('place', parseText, 'stream')
  const tabs = computed(() => stored.value.map(parseSessionId).filter((id) => id !== undefined))
  const current = computed<Place>(() => {
    const id = parseSessionId(place.value)
    return id !== undefined && tabs.value.includes(id) ? id : 'stream'
  })
  return {
    tabs,
    current,
    all: computed(() => ['stream', ...tabs.value]),
    go(next) {
      if (next !== 'stream' && !tabs.value.includes(next)) stored.value = [...tabs.value, next]
      place.value = next
    },
    close(id) {
      const index = tabs.value.indexOf(id)
      if (index === -1) return
      const rest = tabs.value.filter((tab) => tab !== id)
      if (current.value === id) place.value = rest[index] ?? rest[index - 1] ?? 'stream'
      stored.value = rest
    },
    move(id, before) {
      const rest = tabs.value.filter((tab) => tab !== id)
      const index = before === undefined ? rest.length : rest.indexOf(before)
      stored.value = rest.toSpliced(index === -1 ? rest.length : index, 0, id)
    },
  }
}

/** @param hash of the address: `#s=ID` @returns the session it names */
export function sessionInHash(hash: string): SessionId | undefined {
  const text = new URLSearchParams(hash.replace(/^#/, '')).get('s')
  return text === null ? undefined : parseSessionId(text)
}
