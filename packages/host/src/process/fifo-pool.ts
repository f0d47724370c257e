// Owns real pipes. Node's own 'pipe' gives sockets, on which `echo x >/dev/stderr` and Python's
// open('/dev/stdout') fail with ENXIO; and Node has no pipe(2). So: named pipes, made in batches by one
// mkfifo, opened at both ends and unlinked at once. Must not know what the pipes are for.

import { execFile } from 'node:child_process'
import { closeSync, constants, openSync, unlinkSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LimpetError } from '@limpet/protocol'

/** Pipes per mkfifo, which costs the same for one as for all: 32 commands' worth. */
const BATCH_COUNT = 96

/** Fewer than this start the next batch while there is still something to take. */
const REFILL_BELOW_COUNT = 48

/** mkfifo takes 2 ms; one that takes this long hangs. */
const MKFIFO_TIMEOUT_MS = 5_000

const FOLDER = /^pipes-(\d+)-/

/** Both ends of a pipe that has no name any more, both close-on-exec. */
export interface Pipe {
  /** O_NONBLOCK, for us. */
  readonly parentEnd: number
  /** Blocking, for the process. */
  readonly childEnd: number
}

export interface FifoPoolOptions {
  /** A private directory (mode 0700); made if it is missing. The pool keeps a folder of its own in it. */
  readonly runtimeDirectory: string
  findTool(name: string): string | undefined
}

export class FifoPool {
  readonly #options: FifoPoolOptions
  #folder: string | undefined
  #paths: string[] = []
  #made = 0
  #refilling: Promise<void> | undefined
  #isClosed = false

  constructor(options: FifoPoolOptions) {
    this.#options = options
  }

  /**
   * @param parent which end is ours
   * @throws LimpetError LAUNCH_FAILED when pipes cannot be made or opened
   */
  async openPipe(parent: 'reads' | 'writes'): Promise<Pipe> {
    for (let attempt = 1; ; attempt += 1) {
      const path = await this.#takePath()
      try {
        return openBothEnds(path, parent)
      } catch (cause) {
        // A logout may remove the runtime directory with all prepared pipes: one fresh batch is tried.
        const isGone = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
        if (!isGone || attempt > 1) throw launchFailed('A pipe could not be opened.', cause)
        this.#paths = []
        this.#folder = undefined
      }
    }
  }

  /** Removes what killed hosts left on the same directory. */
  async clearStale(): Promise<void> {
    await clearStaleFolders(this.#options.runtimeDirectory)
  }

  /** Removes prepared pipes and their folder; open pipes live on. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#refilling?.catch(() => {}) // Whoever waited for it was told.
    this.#paths = []
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true })
  }

  async #takePath(): Promise<string> {
    for (;;) {
      const path = this.#paths.pop()
      if (this.#paths.length < REFILL_BELOW_COUNT) this.#refill()
      if (path !== undefined) return path
      await this.#refilling
    }
  }

  #refill(): void {
    if (this.#refilling !== undefined) return
    this.#refilling = this.#make().finally(() => (this.#refilling = undefined))
    // Who finds the pool empty awaits this promise and hears of a failure; in advance it may fail unheard.
    this.#refilling.catch(() => {})
  }

  async #make(): Promise<void> {
    if (this.#isClosed) throw launchFailed('The host is stopping.')
    const mkfifo = this.#options.findTool('mkfifo')
    if (mkfifo === undefined) throw launchFailed('`mkfifo` (of coreutils) was not found.')
    try {
      const folder = (this.#folder ??= await makeFolder(this.#options.runtimeDirectory))
      const first = this.#made
      this.#made += BATCH_COUNT
      const names = Array.from({ length: BATCH_COUNT }, (_, index) => String(first + index))
      const paths = names.map((name) => join(folder, name))
      const options = { timeout: MKFIFO_TIMEOUT_MS, env: {} }
      await promisify(execFile)(mkfifo, ['-m', '600', ...paths], options)
      this.#paths.push(...paths)
    } catch (cause) {
      this.#folder = undefined
      throw launchFailed('Pipes could not be made.', cause)
    }
  }
}

/** Opening in this order never waits: each end finds the other one there. */
function openBothEnds(path: string, parent: 'reads' | 'writes'): Pipe {
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants
  const opened: number[] = []
  const open = (flags: number): number => {
    const descriptor = openSync(path, flags)
    opened.push(descriptor)
    return descriptor
  }
  try {
    const reader = open(O_RDONLY | O_NONBLOCK)
    if (parent === 'reads') return { parentEnd: reader, childEnd: open(O_WRONLY) }
    const pipe = { parentEnd: open(O_WRONLY | O_NONBLOCK), childEnd: open(O_RDONLY) }
    // It was there only so that opening the other end did not wait.
    closeSync(reader)
    return pipe
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor)
    throw error
  } finally {
    unlinkSync(path)
  }
}

async function makeFolder(runtimeDirectory: string): Promise<string> {
  // Not `recursive`, which never comes back from a parent that refuses by ENOENT, as in /proc.
  await mkdir(runtimeDirectory, { mode: 0o700 }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
  await clearStaleFolders(runtimeDirectory)
  return mkdtemp(join(runtimeDirectory, `pipes-${process.pid}-`))
}

/** A killed host leaves its folder behind; the next one on the same directory clears it. */
async function clearStaleFolders(runtimeDirectory: string): Promise<void> {
  for (const name of await readdir(runtimeDirectory)) {
    const pid = Number(FOLDER.exec(name)?.[1])
    if (pid > 0 && !isAlive(pid)) {
      await rm(join(runtimeDirectory, name), { recursive: true, force: true })
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function launchFailed(why: string, cause?: unknown): LimpetError {
  const options = cause === undefined ? {} : { cause }
  return new LimpetError('LAUNCH_FAILED', `Could not start the process. ${why}`, options)
}
