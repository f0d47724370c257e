// The entry point of the worker thread that runs the terminals. It ends when the main thread says so.

import { parentPort } from 'node:worker_threads'
import type { WorkerRequest } from '../messages.ts'
import { WorkerLoop } from '../worker-loop.ts'

const port = parentPort
if (port === null) throw new Error('This is a worker thread of a Limpet host.')
const loop = new WorkerLoop((reply) => port.postMessage(reply))
port.on('message', (request: WorkerRequest) => loop.handle(request))
