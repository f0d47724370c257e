// Owns the way to a host: find it by its file, start it when there is none (as tmux starts its server),
// connect, say hello.

import { setTimeout as wait } from 'node:timers/promises'
import { LimpetError, type Channel } from '@limpet/protocol'
import { sayHello, type Hello } from './hello.ts'
import { isHostAlive, readHostFile, type HostFile } from './host-file.ts'
import { HOST_START_DEADLINE_MS, HOST_START_POLL_MS } from './limits.ts'
import { LinkMemory } from './link-memory.ts'
import type { HostLocation } from './location.ts'
import { SocketChannel } from './socket-channel.ts'
import { startHost, type StartingHost } from './start-host.ts'

export interface ConnectOptions extends Hello {
  readonly location: HostLocation
  /** argv that runs a host; `--state-dir` and `--runtime-dir` are added. Absent: none is started. */
  readonly startCommand?: readonly string[]
  /** Where this link reads; for those who open many. @default one of its own */
  readonly memory?: LinkMemory
}

/** A link whose hello is done. Set its handlers before the next wait. */
export interface HostLink {
  readonly channel: Channel
  readonly host: { readonly pid: number; readonly build: string; readonly protocol: number }
}

/** @throws LimpetError HOST_UNREACHABLE, PROTOCOL_UNSUPPORTED, DIRECTORY_UNSAFE */
export async function connectToHost(options: ConnectOptions): Promise<HostLink> {
  const { location: _location, startCommand: _startCommand, memory: _memory, ...hello } = options
  const deadline = performance.now() + HOST_START_DEADLINE_MS
  for (;;) {
    const channel = await reachHost(options, deadline)
    try {
      return { channel, host: await sayHello(channel, hello) }
    } catch (error) {
      // An idle host may take a connection in the moment in which it leaves: the next look finds none.
      if (!isOfLeavingHost(error) || performance.now() > deadline) throw error
    }
    await wait(HOST_START_POLL_MS)
  }
}

/** 1001: it said that it ends. 1006: it had ended before it could say so. */
function isOfLeavingHost(error: unknown): boolean {
  if (!(error instanceof LimpetError) || error.code !== 'HOST_UNREACHABLE') return false
  const { close } = error.details
  return close === 1001 || close === 1006
}

async function reachHost(options: ConnectOptions, deadline: number): Promise<SocketChannel> {
  const { stateDirectory } = options.location
  const memory = options.memory ?? new LinkMemory()
  let starting: StartingHost | undefined
  for (;;) {
    const file = await readHostFile(stateDirectory)
    const channel = file && (await SocketChannel.dial(file.socket, memory))
    if (channel) return channel
    if (file === undefined || !isHostAlive(file)) {
      if (options.startCommand === undefined) throw noHost(stateDirectory)
      starting ??= await startHost(options.startCommand, options.location)
    }
    starting?.throwIfFailed()
    if (performance.now() > deadline) throw unreachable(file, stateDirectory)
    await wait(HOST_START_POLL_MS)
  }
}

function noHost(stateDirectory: string): LimpetError {
  return new LimpetError(
    'HOST_UNREACHABLE',
    `No host runs for ${stateDirectory}. Start one with: limpet serve`,
    {
      details: { stateDirectory },
    },
  )
}

function unreachable(file: HostFile | undefined, stateDirectory: string): LimpetError {
  const found = file
    ? `The host with pid ${file.pid} does not accept connections`
    : 'The host did not start'
  return new LimpetError(
    'HOST_UNREACHABLE',
    `${found} within ${HOST_START_DEADLINE_MS} ms; see ${stateDirectory}/host.log.`,
    { details: { stateDirectory, pid: file?.pid } },
  )
}
