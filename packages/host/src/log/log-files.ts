// Owns what the log room asks of the file system: everything asynchronous, on the thread pool. A port:
// tests put a failing disk behind it. Must not know segments or records.

import * as fs from 'node:fs'
import { mkdir, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Sessions' logs hold what people typed and saw: nobody else's. */
const PRIVATE_FILE = 0o600
const PRIVATE_DIRECTORY = 0o700

export interface FoundFile {
  readonly name: string
  readonly bytes: number
}

/** Every method rejects with the system's error, with its `code`. */
export interface LogFiles {
  /** With all above it; no fault when it is there. */
  makeDirectory(path: string): Promise<void>
  /** @returns undefined when there is no such directory */
  list(directory: string): Promise<readonly FoundFile[] | undefined>
  /** Opens a file for writing: `create` makes it, or empties it. @returns a descriptor */
  open(path: string, mode: 'create' | 'existing'): Promise<number>
  close(descriptor: number): Promise<void>
  /** @returns bytes that were written: fewer than asked for when the disk is full */
  write(descriptor: number, parts: readonly Uint8Array[], position: number): Promise<number>
  /** @returns bytes that were read: fewer than asked for at the end */
  read(path: string, position: number, target: Uint8Array): Promise<number>
  truncate(path: string, bytes: number): Promise<void>
  /** Puts a file there in one step: whoever reads sees the old or the new one. */
  replace(path: string, text: string): Promise<void>
  /** A file, or a directory with what is in it; no fault when it is not there. */
  remove(path: string): Promise<void>
}

const open = promisify(fs.open)
const close = promisify(fs.close)

export const systemFiles: LogFiles = {
  async makeDirectory(path) {
    await mkdir(path, { recursive: true, mode: PRIVATE_DIRECTORY })
  },
  async list(directory) {
    const names = await unlessMissing(readdir(directory))
    const found = names?.map(async (name) => {
      const facts = await unlessMissing(stat(join(directory, name)))
      return facts ? [{ name, bytes: facts.size }] : []
    })
    return found && (await Promise.all(found)).flat()
  },
  open: (path, mode) => open(path, mode === 'create' ? 'w' : 'r+', PRIVATE_FILE),
  close,
  write: (descriptor, parts, position) =>
    new Promise((resolve, reject) => {
      fs.writev(descriptor, parts, position, (error, bytes) =>
        error ? reject(error) : resolve(bytes),
      )
    }),
  async read(path, position, target) {
    const descriptor = await open(path, 'r')
    try {
      return await readFully(descriptor, position, target)
    } finally {
      await close(descriptor)
    }
  },
  truncate,
  async replace(path, text) {
    const draft = `${path}.new`
    try {
      await writeFile(draft, text, { mode: PRIVATE_FILE })
      await rename(draft, path)
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {}) // the first fault is the one to tell
      throw error
    }
  },
  async remove(path) {
    await rm(path, { recursive: true, force: true })
  },
}

/** True for "there is no such file". */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function readFully(
  descriptor: number,
  position: number,
  target: Uint8Array,
): Promise<number> {
  let read = 0
  while (read < target.byteLength) {
    const bytes = await readSome(descriptor, target.subarray(read), position + read)
    if (bytes === 0) break
    read += bytes
  }
  return read
}

function readSome(descriptor: number, target: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(descriptor, target, 0, target.byteLength, position, (error, bytes) =>
      error ? reject(error) : resolve(bytes),
    )
  })
}
