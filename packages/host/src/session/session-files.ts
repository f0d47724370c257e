// Owns when what is known of a session goes to disk: soon after it changed, many changes at once, in a file that
// is replaced in one step. A session that is removed before never touches the disk.

import { join } from 'node:path'
import type { Logger } from '../base/logger.ts'
import { isMissing, type LogDisk } from '../log/index.ts'
import { SAVE_DELAY_MS, SAVE_RETRY_MS } from './limits.ts'
import { encodeSessionRecord, RECORD_FILE } from './session-record.ts'
import type { Session } from './session.ts'

export interface SessionFilesOptions {
  readonly disk: LogDisk
  readonly logger: Logger
  /** An ended session is wholly on disk: what its log takes there is final. */
  readonly handleKept: (session: Session) => void
}

export class SessionFiles {
  readonly #options: SessionFilesOptions
  readonly #changed = new Set<Session>()
  readonly #removed = new WeakSet<Session>()
  readonly #working = new Map<Session, Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  /** Told once, not at each try. */
  #isFailing = false

  constructor(options: SessionFilesOptions) {
    this.#options = options
  }

  /** It is written soon. */
  noteChanged(session: Session, delayMs: number = SAVE_DELAY_MS): void {
    if (this.#removed.has(session)) return
    this.#changed.add(session)
    if (this.#timer) return
    this.#timer = setTimeout(() => void this.#saveAll(), delayMs)
  }

  /** Removes what there is of it on disk. */
  remove(session: Session): void {
    this.#changed.delete(session)
    this.#removed.add(session)
    this.#work(session, () => session.log.remove())
  }

  /** Resolves when all is on disk, or cannot be. */
  async close(): Promise<void> {
    await this.#saveAll()
    await Promise.all(this.#working.values())
    clearTimeout(this.#timer)
  }

  async #saveAll(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const changed = [...this.#changed]
    this.#changed.clear()
    for (const session of changed) this.#work(session, () => this.#save(session))
    await Promise.all(this.#working.values())
  }

  /** One after another for each session. */
  #work(session: Session, work: () => Promise<void>): void {
    const before = this.#working.get(session)
    const done = (before ? before.then(work) : work())
      .catch((error: unknown) => this.#handleFault(session, error))
      .finally(() => {
        if (this.#working.get(session) === done) this.#working.delete(session)
      })
    this.#working.set(session, done)
  }

  async #save(session: Session): Promise<void> {
    if (this.#removed.has(session)) return
    const { hasEnded } = session
    // What is written of it then is final.
    if (hasEnded) await session.log.close()
    const { disk, handleKept } = this.#options
    const directory = join(disk.directory, session.id)
    const path = join(directory, RECORD_FILE)
    const text = encodeSessionRecord(session.record)
    await disk.writes.take(async () => {
      try {
        await disk.files.replace(path, text)
      } catch (error) {
        if (!isMissing(error)) throw error
        await disk.files.makeDirectory(directory)
        await disk.files.replace(path, text)
      }
    })
    this.#isFailing = false
    if (hasEnded) handleKept(session)
  }

  #handleFault(session: Session, error: unknown): void {
    if (!this.#isFailing) this.#options.logger.fault('session.not-saved', error)
    this.#isFailing = true
    this.noteChanged(session, SAVE_RETRY_MS)
  }
}
