// Logs on a real disk, with bytes that say where they belong, readers that check every one of them, and a file
// system that fails when it is told to.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeRecords, loggedBytes, RECORD_KIND } from '@limpet/protocol'
import { LogDisk, type LogCursor, type LogFiles, type SessionLog } from '../../src/log/index.ts'
import { systemFiles } from '../../src/log/log-files.ts'

export class Scratch implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), 'limpet-log-'))
  disk(files?: LogFiles): LogDisk {
    return new LogDisk({ directory: join(this.path, 'sessions'), ...(files && { files }) })
  }
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** The byte that belongs to an offset. */
function byteAt(offset: number): number {
  return (offset * 31 + (offset >>> 8) * 7 + (offset >>> 16)) & 255
}

/** Appends `size` bytes of their own place. */
export function appendTo(log: SessionLog, size: number, kind: number = RECORD_KIND.stdout): void {
  const { end } = log
  log.append(
    kind,
    Uint8Array.from({ length: size }, (_, at) => byteAt(end + at)),
    end,
  )
}

/** Throws when records are not the bytes from `from` to `to`. */
export function checkRecords(parts: readonly Uint8Array[], from: number, to: number): void {
  const bytes = Buffer.concat(parts)
  const { records, consumedBytes } = decodeRecords(bytes)
  if (consumedBytes !== bytes.length) throw new Error(`half a record before ${to}`)
  let offset = from
  for (const record of records) {
    if (record.offset !== offset) throw new Error(`record ${record.offset} instead of ${offset}`)
    const wrong = record.payload.findIndex((byte, at) => byte !== byteAt(record.offset + at))
    if (wrong >= 0) throw new Error(`wrong byte at ${record.offset + wrong}`)
    offset += loggedBytes(record)
  }
  if (offset !== to) throw new Error(`records end at ${offset} instead of ${to}`)
}

/** A reader that checks what it gets, and counts what it missed. */
export class Reader {
  readonly gaps: { from: number; to: number }[] = []
  readonly #log: SessionLog
  readonly #cursor: LogCursor
  #next: number
  #wake: (() => void) | undefined

  constructor(log: SessionLog, from: number) {
    this.#log = log
    this.#next = from
    this.#cursor = log.openCursor(from, () => this.#wake?.())
  }

  get offset(): number {
    return this.#cursor.offset
  }

  /** @returns false when there was nothing to read, or not yet */
  read(limitBytes: number): boolean {
    const chunk = this.#cursor.read(limitBytes)
    if (chunk === undefined) return false
    if (chunk.from !== this.#next) throw new Error(`from ${chunk.from} instead of ${this.#next}`)
    if (chunk.to <= chunk.from) throw new Error('a chunk of nothing')
    this.#next = chunk.to
    if (chunk.gap) this.gaps.push(chunk.gap)
    else if (chunk.to - chunk.from > limitBytes) throw new Error('more than was asked for')
    else checkRecords(chunk.parts, chunk.from, chunk.to)
    return true
  }

  /** Reads to the end, waiting for the disk. */
  async drain(limitBytes: number = 2 ** 20): Promise<void> {
    while (this.#cursor.offset < this.#log.end) {
      const ready = new Promise<void>((resolve) => (this.#wake = resolve))
      if (!this.read(limitBytes)) await ready
    }
  }

  close(): void {
    this.#cursor.close()
  }
}

function fault(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code })
}

/** The real files, but for what a test forbids. */
export class FailingFiles implements LogFiles {
  /** Code with which everything that changes the disk fails. */
  failure: string | undefined
  /** Code with which reads fail. */
  readFailure: string | undefined
  /** Bytes until writing fails with ENOSPC, after a short write. */
  freeBytes = Number.POSITIVE_INFINITY
  /** Writes wait for it. */
  gate: Promise<void> = Promise.resolve()
  /** Descriptors that are open at the moment. */
  openCount = 0
  /** Paths of files that were made. */
  readonly made: string[] = []

  async makeDirectory(path: string): Promise<void> {
    this.#change()
    await systemFiles.makeDirectory(path)
  }
  list(directory: string): ReturnType<LogFiles['list']> {
    return systemFiles.list(directory)
  }
  async open(path: string, mode: 'create' | 'existing'): Promise<number> {
    this.#change()
    const descriptor = await systemFiles.open(path, mode)
    if (mode === 'create') this.made.push(path)
    this.openCount++
    return descriptor
  }
  async close(descriptor: number): Promise<void> {
    this.openCount--
    await systemFiles.close(descriptor)
  }
  async write(descriptor: number, parts: readonly Uint8Array[], position: number): Promise<number> {
    await this.gate
    this.#change()
    if (this.freeBytes <= 0) throw fault('ENOSPC')
    const bytes = Buffer.concat(parts).subarray(0, this.freeBytes)
    this.freeBytes -= bytes.length
    return systemFiles.write(descriptor, [bytes], position)
  }
  async read(path: string, position: number, target: Uint8Array): Promise<number> {
    if (this.readFailure !== undefined) throw fault(this.readFailure)
    return systemFiles.read(path, position, target)
  }
  async truncate(path: string, bytes: number): Promise<void> {
    this.#change()
    await systemFiles.truncate(path, bytes)
  }
  async replace(path: string, text: string): Promise<void> {
    this.#change()
    await systemFiles.replace(path, text)
  }
  async remove(path: string): Promise<void> {
    this.#change()
    await systemFiles.remove(path)
  }
  #change(): void {
    if (this.failure !== undefined) throw fault(this.failure)
  }
}

/** For tests of other rooms: a disk that takes everything and keeps nothing. */
export function nullDisk(): LogDisk {
  const files: LogFiles = {
    makeDirectory: async () => {},
    list: async () => undefined,
    open: async () => 0,
    close: async () => {},
    write: async (_descriptor, parts) => parts.reduce((sum, part) => sum + part.byteLength, 0),
    read: async () => 0,
    truncate: async () => {},
    replace: async () => {},
    remove: async () => {},
  }
  return new LogDisk({ directory: '/nowhere', files })
}
