// Two hosts and one state directory: files deleted by hand, what a dead host left, directories that are not private.

import { chmod, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EXIT_HOST_RUNNING, readHostFile } from '@limpet/link'
import { startHost, waitFor } from '@limpet/testkit'
import { describe, expect, test } from 'vitest'

describe('one host per state directory', () => {
  test('a second host leaves at once although host.json was deleted, and the first is found again', async () => {
    await using host = await startHost()
    using link = await host.link()
    const { session } = await link.request('session.open', { plan: host.plan(['cat']) })
    await rm(join(host.stateDirectory, 'host.json'))
    const startedAt = performance.now()
    const second = host.spawn()
    await waitFor('the second host to leave', () => second.hasExited)
    const tookMs = performance.now() - startedAt
    expect(second.child.exitCode).toBe(EXIT_HOST_RUNNING)
    expect(second.transcript()).toContain(`"pid":${host.pid}`)
    // On a machine with nothing else to do: 0.3 s.
    expect(tookMs).toBeLessThan(5000)
    await waitFor('host.json to be back', async () => {
      return (await readHostFile(host.stateDirectory))?.pid === host.pid
    })
    using again = await host.link()
    const { sessions } = await again.request('session.list', {})
    expect(sessions.map(({ id, state }) => ({ id, state }))).toEqual([
      { id: session.id, state: 'running' },
    ])
  })

  test('what a killed host left, socket and file, is in nobody’s way', async () => {
    await using host = await startHost()
    const { socket } = (await readHostFile(host.stateDirectory)) ?? { socket: '' }
    await host.server.end('SIGKILL')
    expect((await stat(socket)).isSocket()).toBe(true)
    await host.start()
    using link = await host.link()
    expect(await link.request('link.ping', {})).toEqual({})
  })

  test('a directory that is open to others is refused before anything is made in it', async () => {
    await using host = await startHost()
    await host.server.end('SIGTERM')
    for (const directory of [host.scratch.stateDirectory, host.scratch.runtimeDirectory]) {
      await chmod(directory, 0o777)
      const refused = host.spawn()
      await waitFor('the host to refuse', () => refused.hasExited)
      expect(refused.child.exitCode).toBe(1)
      expect(refused.transcript()).toContain('is open to others (mode 777)')
      await chmod(directory, 0o700)
    }
    expect(await readHostFile(host.stateDirectory)).toBeUndefined()
  })
})
