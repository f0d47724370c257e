// A browser's storage for tests: a Map behind the two methods that are used.

import type { KeyValueStore } from '../src/state/browser-state.ts'

export function mapStore(entries: Readonly<Record<string, string>> = {}): KeyValueStore {
  const map = new Map(Object.entries(entries))
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
  }
}
