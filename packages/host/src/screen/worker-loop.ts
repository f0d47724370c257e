// Owns the terminals inside the worker: each message is one step of one of them. Knows nothing of sessions.
// Before: the main thread's screens.ts; after: emulator.ts.

import { Emulator } from './emulator.ts'
import type { WorkerReply, WorkerRequest } from './messages.ts'
import { charsetLetters } from './xterm.ts'

export class WorkerLoop {
  readonly #reply: (reply: WorkerReply) => void
  readonly #letters = charsetLetters()
  readonly #emulators = new Map<number, Emulator>()

  constructor(reply: (reply: WorkerReply) => void) {
    this.#reply = reply
  }

  handle(request: WorkerRequest): void {
    const { screen } = request
    try {
      this.#step(request)
    } catch (error) {
      this.#free(screen)
      this.#reply({ type: 'failed', screen, message: String(error) })
    }
  }

  #step(request: WorkerRequest): void {
    const { screen, type } = request
    if (type === 'wake') {
      const { size, offset, isExact, state } = request
      const emulator = new Emulator({ size, offset, isExact, letters: this.#letters })
      if (state) emulator.restore(state)
      this.#emulators.set(screen, emulator)
      return
    }
    if (type === 'free') return this.#free(screen)
    const emulator = this.#emulators.get(screen)
    if (emulator === undefined) return // it has failed, and that was told
    if (type === 'skip') return emulator.skip(request.offset, request.size)
    if (type === 'checkpoint') {
      const checkpoint = emulator.checkpoint()
      return this.#reply({ type, screen, request: request.request, checkpoint })
    }
    const answers = emulator.feed(request.records)
    this.#reply({ type: 'parsed', screen, to: emulator.fedTo, answers })
  }

  #free(screen: number): void {
    this.#emulators.get(screen)?.close()
    this.#emulators.delete(screen)
  }
}
