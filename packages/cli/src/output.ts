// Owns writing to our own stdout and stderr at the reader's pace. Before: records of a session; after: a
// pipe, a file, a terminal. A promise settles when the bytes have left: only then are they acknowledged.

import { once } from 'node:events'

/** The reader of our output has gone: `limpet run yes | head`. */
export class ReaderGone extends Error {
  constructor() {
    super('nobody reads the output any more')
    this.name = 'ReaderGone'
  }
}

/** @throws ReaderGone */
export function write(stream: NodeJS.WriteStream, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(data, (error) => {
      if (!error) resolve()
      else reject(isGone(error) ? new ReaderGone() : error)
    })
  })
}

/** Errors reach whoever waits for a write; nobody else must fall over them. */
export function guardOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

/** Pipes are written in the background: what is on its way must leave before the process ends. */
export async function flushOutput(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength > 0 && !stream.destroyed) {
      await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => {}) // gone: nothing to wait for
    }
  }
}

/** EIO: the terminal was closed. */
function isGone(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined
  return code === 'EPIPE' || code === 'EIO' || code === 'ERR_STREAM_DESTROYED'
}
