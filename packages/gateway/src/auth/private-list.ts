// Owns a list that all gateways of a state directory share: one private JSON file, read again when it changed,
// replaced under a lock. Must not know what the entries mean.

import type { Clock } from '../clock.ts'
import { withFileLock } from './file-lock.ts'
import { privateFileVersion, readPrivateFile, replacePrivateFile } from './private-file.ts'

export interface PrivateListOptions<T> {
  /** Absolute path of the file, `{"<name>": [entry, …]}`. */
  readonly path: string
  readonly name: string
  readonly clock: Clock
  /** What is no entry is left out. */
  readonly isEntry: (value: unknown) => value is T
  readonly keyOf: (entry: T) => string
  /** What is worth keeping of all there is, whenever the file is replaced. */
  readonly keep: (entries: readonly T[]) => readonly T[]
}

export class PrivateList<T> {
  readonly #options: PrivateListOptions<T>
  #known: ReadonlyMap<string, T> = new Map()
  #version: string | undefined

  constructor(options: PrivateListOptions<T>) {
    this.#options = options
  }

  /** As the file says now; looking costs one stat. @throws LimpetError DIRECTORY_UNSAFE */
  async read(): Promise<ReadonlyMap<string, T>> {
    const { path, name, isEntry, keyOf } = this.#options
    const version = await privateFileVersion(path)
    if (version === this.#version && version !== undefined) return this.#known
    const file = await readPrivateFile(path)
    const entries = valuesIn(file?.text ?? '', name).filter(isEntry)
    this.#known = new Map(entries.map((entry) => [keyOf(entry), entry]))
    this.#version = file?.version
    return this.#known
  }

  /** @param change of a copy; when it throws, nothing is changed @returns what `change` gave */
  async change<R>(change: (entries: Map<string, T>) => R): Promise<R> {
    const { path, name, clock, keep } = this.#options
    return withFileLock(`${path}.lock`, clock, async () => {
      const entries = new Map(await this.read())
      const result = change(entries)
      const kept = keep([...entries.values()])
      await replacePrivateFile(path, `${JSON.stringify({ [name]: kept })}\n`)
      this.#version = undefined // read again what was written: one way in
      await this.read()
      return result
    })
  }
}

/** A file that is not ours counts as empty: everybody logs in again, nobody gets in. */
function valuesIn(text: string, name: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return []
    const list = (value as Record<string, unknown>)[name] // checked in the next line
    return Array.isArray(list) ? list : []
  } catch {
    return []
  }
}
