// How a host begins and ends: one for each state directory, gone when it is idle, and with it what it made.

import { chmod, rm } from 'node:fs/promises'
import { connectToHost, EXIT_HOST_RUNNING, readHostFile } from '@limpet/link'
import { PROTOCOL_VERSION, RIGHTS } from '@limpet/protocol'
import { builtPath, isAlive, makeScratch, processesWith, startHost, waitFor } from '@limpet/testkit'
import { describe, expect, test } from 'vitest'

const hello = { build: 'test', principal: 'test', rights: RIGHTS }

describe('a host', () => {
  test('says in host.json where it is, and answers the hello with its own facts', async () => {
    await using host = await startHost()
    const file = await readHostFile(host.stateDirectory)
    expect(file).toMatchObject({ pid: host.pid, protocol: PROTOCOL_VERSION })
    const link = await connectToHost({ location: host.scratch, ...hello })
    expect(link.host).toEqual({ pid: host.pid, build: file?.build, protocol: PROTOCOL_VERSION })
    link.channel.close()
  })

  test('refuses to be the second one, with a code of its own, and the first goes on', async () => {
    await using host = await startHost()
    const second = host.spawn()
    await waitFor('the second host to leave', () => second.hasExited, {
      transcript: second.transcript,
    })
    expect(second.child.exitCode).toBe(EXIT_HOST_RUNNING)
    using link = await host.link()
    expect(await link.request('host.status', {})).toMatchObject({ pid: host.pid })
  })

  test('is started once when many ask for it at the same moment', async () => {
    await using host = await startHost()
    await host.server.end('SIGTERM')
    const { home } = host.scratch
    const startCommand = [
      'env',
      `HOME=${home}`,
      process.execPath,
      builtPath('packages/host/dist/main.js'),
    ]
    const links = await Promise.all(
      Array.from({ length: 5 }, () =>
        connectToHost({ location: host.scratch, startCommand, ...hello }),
      ),
    )
    const pids = new Set(links.map((link) => link.host.pid))
    // One that is still on its way would take the place of the one we end.
    await waitFor('the others to leave', () => processesWith('HOME', home).length === 1)
    for (const link of links) link.channel.close()
    for (const pid of pids) process.kill(pid, 'SIGTERM')
    expect(pids.size).toBe(1)
  })

  test('takes the place of one that died without cleaning up', async () => {
    await using host = await startHost()
    await host.server.end('SIGKILL')
    expect(await readHostFile(host.stateDirectory)).toBeDefined()
    const file = await host.start()
    using link = await host.link()
    expect(await link.request('host.status', {})).toMatchObject({ pid: file.pid, running: 0 })
  })

  test('leaves by itself when no link and no running session is left, not before', async () => {
    await using host = await startHost({ idleMs: 300 })
    {
      using link = await host.link()
      const { session } = await link.request('session.open', {
        plan: host.plan(['cat']),
        view: host.view(1),
      })
      await link.request('session.kill', { session: session.id })
      await link.exitOf(1)
      expect(isAlive(host.pid)).toBe(true)
    }
    await waitFor('the idle host to leave', () => host.server.hasExited, {
      transcript: host.server.transcript,
    })
    expect(host.server.child.exitCode).toBe(0)
    expect(await host.scratch.leftovers()).toEqual([])
  })

  test('ends all sessions, then itself, when it is told to stop', async () => {
    await using host = await startHost()
    using link = await host.link()
    const stubborn = ['sh', '-c', 'trap "" HUP TERM INT; (sleep 1000 & sleep 1000); sleep 1000']
    await link.request('session.open', { plan: host.plan(['cat']) })
    await link.request('session.open', {
      plan: host.plan(stubborn, { terminal: { columns: 80, rows: 24 } }),
      view: host.view(1),
    })
    expect(await link.request('host.stop', {})).toEqual({ ended: 2 })
    await waitFor('the host to end', () => host.server.hasExited)
    await waitFor(
      'the sessions to end',
      () => processesWith('HOME', host.scratch.home).length === 0,
    )
    expect(await host.scratch.leftovers()).toEqual([])
  })

  test(
    '[LOG-4] has all on disk when it has gone: what programs wrote at their very end, name and labels',
    { timeout: 30_000 },
    async () => {
      await using host = await startHost()
      const last = 'trap "seq 300000; exit 9" TERM; echo ready; while :; do sleep 0.1; done'
      const scripts = [last, 'seq 1000000; sleep 1000']
      const names = ['last words', 'flood']
      const opened = await host.link()
      for (const [at, script] of scripts.entries()) {
        const name = names[at] ?? ''
        const plan = host.plan(['sh', '-c', script])
        const view = host.view(at + 1)
        await opened.request('session.open', { plan, name, labels: { at: `${at}` }, view })
      }
      await opened.until('both to write', () => opened.endOf(1) > 0 && opened.endOf(2) > 0)
      opened[Symbol.dispose]()
      await host.server.end('SIGTERM')
      await host.start()
      using link = await host.link()
      const { sessions } = await link.request('session.list', {})
      for (const [at, name] of names.entries()) {
        const info = sessions.find((one) => one.name === name)
        if (info === undefined) throw new Error(`${name} is gone`)
        expect(info).toMatchObject({ state: 'ended', labels: { at: `${at}` }, keptFrom: 0 })
        const view = host.view(at + 1)
        await link.request('session.attach', { session: info.id, from: 'start', view })
        await link.until('the exit record', () => {
          link.acknowledge(at + 1, link.endOf(at + 1))
          return link.endOf(at + 1) === info.end
        })
        expect(await link.exitOf(at + 1)).toEqual(info.exit)
      }
      expect(link.outputOf(1).trim().split('\n').at(-1)).toBe('300000')
      expect(sessions.find(({ name }) => name === 'last words')?.exit).toMatchObject({ code: 9 })
    },
  )

  test('is not gone before the descendants are that fled their session', async () => {
    await using host = await startHost()
    using link = await host.link()
    const deaf = 'trap "" HUP TERM INT; echo up; while :; do sleep 1; done'
    await link.request('session.open', {
      plan: host.plan(['sh', '-c', `setsid sh -c '${deaf}' & sleep 1000`]),
      view: host.view(1),
    })
    await link.until('the deaf one', () => link.outputOf(1).includes('up'))
    await link.request('host.stop', {})
    await waitFor('the host to end', () => host.server.hasExited)
    expect(processesWith('HOME', host.scratch.home)).toEqual([])
  })

  test('ends what belongs to a link when the link is gone, and keeps the rest', async () => {
    await using host = await startHost()
    using watcher = await host.link()
    await watcher.request('session.list', { watch: true })
    const link = await host.link()
    const bound = await link.request('session.open', {
      plan: host.plan(['cat'], { lifetime: 'client' }),
    })
    const kept = await link.request('session.open', { plan: host.plan(['cat']) })
    link.socket.destroy()
    const exited = await watcher.notified('session.exited')
    expect(exited.params).toMatchObject({ session: { id: bound.session.id } })
    const { sessions } = await watcher.request('session.list', {})
    expect(sessions.find(({ id }) => id === kept.session.id)?.state).toBe('running')
  })

  test('does not use directories that others can open', async () => {
    const scratch = await makeScratch()
    try {
      await chmod(scratch.runtimeDirectory, 0o755)
      const startCommand = [process.execPath, builtPath('packages/host/dist/main.js')]
      const refused = connectToHost({ location: scratch, startCommand, ...hello })
      await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('chmod 700') })
    } finally {
      await scratch.remove()
    }
  })

  test(
    'listens again when its socket was removed, as a logout does',
    { timeout: 30_000 },
    async () => {
      await using host = await startHost()
      const file = await readHostFile(host.stateDirectory)
      await rm(file?.socket ?? '')
      using link = await waitFor('a new socket', () => host.link().catch(() => undefined))
      expect(await link.request('host.status', {})).toMatchObject({ pid: host.pid })
    },
  )
})
