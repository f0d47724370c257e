// Owns the question whether somebody listens at a host's socket, whatever its file says: the file may have been
// deleted by hand, or lost with its directory.

import { setTimeout as wait } from 'node:timers/promises'
import { sayHello } from './hello.ts'
import type { HostFile } from './host-file.ts'
import { PROBE_DEADLINE_MS } from './limits.ts'
import { LinkMemory } from './link-memory.ts'
import { SocketChannel } from './socket-channel.ts'

/**
 * @returns who listens there; undefined when nobody does. Of one that listens and says nothing within the deadline
 *   (it is stopped, or of another make) the pid is 0.
 */
export async function probeHost(
  socketPath: string,
): Promise<Pick<HostFile, 'pid' | 'build'> | undefined> {
  const channel = await SocketChannel.dial(socketPath, new LinkMemory())
  if (channel === undefined) return undefined
  const abort = new AbortController()
  const { signal } = abort
  const silent = wait(PROBE_DEADLINE_MS, { pid: 0, build: 'unknown' }, { signal })
  silent.catch(() => {}) // it answered, so nobody waits any more
  // One that hangs up without an answer is on its way out: nobody to reckon with.
  const hello = sayHello(channel, { build: 'probe', principal: 'probe', rights: [] }).catch(
    () => undefined,
  )
  try {
    return await Promise.race([hello, silent])
  } finally {
    abort.abort()
    channel.close()
  }
}
