// Owns the worker thread in which all terminals live: started when one is needed, ended when none has been awake
// for a while, started again when it has failed. Before: screen.ts; after: worker/main.ts.

import { Worker } from 'node:worker_threads'
import type { WorkerReply, WorkerRequest } from './messages.ts'

/** MAX_AWAKE terminals of a thousand lines take some 50 MiB; one of a thousand columns 25 MiB. */
const MAX_HEAP_MEBIBYTES = 512

/** A running worker, as the main thread sees it. */
export interface WorkerPort {
  post(request: WorkerRequest, transfer?: readonly ArrayBuffer[]): void
  /** Ends it; no handler is called any more. */
  close(): void
}

export interface WorkerHandlers {
  readonly handleReply: (reply: WorkerReply) => void
  /** It has ended without being told to. */
  readonly handleFailed: (error: Error) => void
}

export type StartWorker = (handlers: WorkerHandlers) => WorkerPort

/** The real one: a thread that runs what was built beside this file. */
export const startWorkerThread: StartWorker = ({ handleReply, handleFailed }) => {
  const worker = new Worker(new URL('./worker/main.js', import.meta.url), {
    // Its output would be the host's.
    stdout: false,
    stderr: false,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MEBIBYTES },
  })
  let isClosed = false
  const fail = (error: Error): void => {
    if (isClosed) return
    isClosed = true
    handleFailed(error)
  }
  worker.on('message', (reply: WorkerReply) => {
    if (!isClosed) handleReply(reply)
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new Error(`The screen worker ended with code ${code}.`)))
  worker.unref()
  return {
    post: (request, transfer = []) => {
      if (!isClosed) worker.postMessage(request, transfer)
    },
    close: () => {
      isClosed = true
      void worker.terminate()
    },
  }
}
