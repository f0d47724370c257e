// Owns what one end of a channel has seen: frames, drains, the end. Before: a channel under test; after: a
// test that waits for something to have been seen.

import type { ChannelClosed, ChannelHandlers } from '@limpet/protocol'
import { within } from '../waits.ts'

export class ChannelRecorder implements ChannelHandlers {
  readonly frames: (string | Uint8Array)[] = []
  /** More than one entry breaks the contract. */
  readonly closed: ChannelClosed[] = []
  receivedBytes = 0
  drains = 0
  /** Called with each frame: tests pause or close from here. */
  handleFrame: ((frame: string | Uint8Array) => void) | undefined
  readonly #watchers = new Set<() => void>()

  handleText(text: string): void {
    this.#add(text, Buffer.byteLength(text))
  }

  handleBinary(frame: Uint8Array): void {
    this.#add(new Uint8Array(frame), frame.byteLength) // a copy: it is valid only during the call
  }

  handleDrained(): void {
    this.drains++
    this.#tell()
  }

  handleClosed(closed: ChannelClosed): void {
    this.closed.push(closed)
    this.#tell()
  }

  /** @param what in words, for the failure */
  async until(what: string, hasHappened: () => boolean): Promise<void> {
    if (hasHappened()) return
    let look = (): void => {}
    const happened = new Promise<void>((resolve) => {
      look = () => {
        if (hasHappened()) resolve()
      }
    })
    this.#watchers.add(look)
    try {
      await within(what, happened, { transcript: () => this.#describe() })
    } finally {
      this.#watchers.delete(look)
    }
  }

  untilFrames(count: number): Promise<void> {
    return this.until(`${count} frames`, () => this.frames.length >= count)
  }

  untilClosed(): Promise<void> {
    return this.until('the end', () => this.closed.length > 0)
  }

  #add(frame: string | Uint8Array, bytes: number): void {
    this.frames.push(frame)
    this.receivedBytes += bytes
    this.handleFrame?.(frame)
    this.#tell()
  }

  #tell(): void {
    for (const look of [...this.#watchers]) look()
  }

  #describe(): string {
    const { frames, receivedBytes, drains, closed } = this
    return JSON.stringify({ frames: frames.length, receivedBytes, drains, closed })
  }
}
