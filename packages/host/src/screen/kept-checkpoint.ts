// Owns the checkpoint of a terminal that sleeps: small ones in memory, larger ones in a file beside the log, in the
// form of a wire frame. A file that cannot be written costs memory, nothing else.

import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { attachmentId, checkpointFrameHeader, decodeFrame, type Checkpoint } from '@limpet/protocol'
import { MAX_MEMORY_CHECKPOINT_BYTES } from './limits.ts'

export class KeptCheckpoint {
  /** Offset, size and exactness; the bytes may be in the file. */
  readonly facts: Omit<Checkpoint, 'bytes'>
  readonly #file: string | undefined
  #bytes: Uint8Array | undefined

  private constructor(checkpoint: Checkpoint, file: string | undefined) {
    const { bytes, ...facts } = checkpoint
    this.facts = facts
    this.#file = file
    this.#bytes = bytes
  }

  /** @param file where a large one is written to; its folder may be missing */
  static keep(checkpoint: Checkpoint, file: string | undefined): KeptCheckpoint {
    const kept = new KeptCheckpoint(checkpoint, file)
    if (checkpoint.bytes.byteLength > MAX_MEMORY_CHECKPOINT_BYTES) void kept.#write(checkpoint)
    return kept
  }

  /** What a former host kept; undefined when there is nothing that can be read. */
  static async find(file: string | undefined): Promise<KeptCheckpoint | undefined> {
    const checkpoint = await read(file)
    return checkpoint && new KeptCheckpoint(checkpoint, file)
  }

  /** @returns undefined when the file has vanished */
  async read(): Promise<Checkpoint | undefined> {
    const bytes = this.#bytes
    if (bytes) return { ...this.facts, bytes }
    const checkpoint = await read(this.#file)
    return checkpoint?.offset === this.facts.offset ? checkpoint : undefined
  }

  async #write(checkpoint: Checkpoint): Promise<void> {
    if (this.#file === undefined) return
    const temporary = `${this.#file}.new`
    try {
      const header = checkpointFrameHeader(attachmentId(0), checkpoint)
      await writeFile(temporary, Buffer.concat([header, checkpoint.bytes]), { mode: 0o600 })
      await rename(temporary, this.#file)
      this.#bytes = undefined
    } catch {
      // The disk takes nothing at present, or the log is in memory only: then this is, too.
      await rm(temporary, { force: true }).catch(() => {})
    }
  }
}

async function read(file: string | undefined): Promise<Checkpoint | undefined> {
  if (file === undefined) return undefined
  try {
    const frame = decodeFrame(await readFile(file))
    return frame.kind === 'checkpoint' ? frame.checkpoint : undefined
  } catch {
    return undefined // missing or torn: the screen is made from the log instead
  }
}
