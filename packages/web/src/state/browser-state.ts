// Owns what this browser remembers between visits: named values in a key-value store, each a signal that is
// written back when it changes. Must not know what the values mean.

import { effect, signal, type Signal } from '@preact/signals'

/** The part of `localStorage` that is used; tests bring a Map. */
export interface KeyValueStore {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

/** Turns stored JSON into a value, or says that it is not one: people and older builds write there, too. */
export type ParseStored<T> = (stored: unknown) => T | undefined

export interface BrowserState {
  /** The stored value, or `fallback`; a new value is stored at once. */
  remember<T>(name: string, parse: ParseStored<T>, fallback: T): Signal<T>
}

/**
 * @param options.store undefined when the browser forbids storage: nothing is remembered then
 * @param options.prefix keeps several pages of one origin apart
 */
export function createBrowserState(options: {
  readonly store: KeyValueStore | undefined
  readonly prefix: string
}): BrowserState {
  const { store, prefix } = options
  return {
    remember<T>(name: string, parse: ParseStored<T>, fallback: T): Signal<T> {
      const key = prefix + name
      const value = signal(read(store, key, parse) ?? fallback)
      let stored = value.peek()
      effect(() => {
        if (value.value === stored) return
        stored = value.value
        write(store, key, stored)
      })
      return value
    },
  }
}

function read<T>(
  store: KeyValueStore | undefined,
  key: string,
  parse: ParseStored<T>,
): T | undefined {
  try {
    const text = store?.getItem(key)
    return typeof text === 'string' ? parse(JSON.parse(text)) : undefined
  } catch {
    // Storage forbidden or not JSON: the fallback is a good start.
    return undefined
  }
}

function write(store: KeyValueStore | undefined, key: string, value: unknown): void {
  try {
    store?.setItem(key, JSON.stringify(value))
  } catch {
    // Full or forbidden: the page works on, it only forgets.
  }
}

export function parseText(stored: unknown): string | undefined {
  return typeof stored === 'string' ? stored : undefined
}

export function parseTexts(stored: unknown): readonly string[] | undefined {
  if (!Array.isArray(stored)) return undefined
  return stored.filter((entry) => typeof entry === 'string')
}
