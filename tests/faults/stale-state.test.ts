// F45: what a host finds when it starts: remains of a dead one, and directories that are not its own.

import { execFileSync } from 'node:child_process'
import { chmod, chown, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import {
  leakCheck,
  makeScratch,
  recordFigure,
  startHost,
  ServerProcess,
  within,
  type HostFixture,
  type Scratch,
} from '@limpet/testkit'
import { expect, test } from 'vitest'

test('F45: what a killed host left behind is cleared by the next one, which serves', async () => {
  await using host = await startHost()
  const leaks = leakCheck(host)
  for (let round = 1; round <= 5; round += 1) {
    await host.server.end('SIGKILL')
    const startedMs = performance.now()
    await host.start()
    using link = await host.link()
    await link.request('link.ping', {})
    expect(performance.now() - startedMs).toBeLessThan(5000)
  }
  await leaks.expectNone()
})

test('F45: a host.json whose process number belongs to somebody else by now is stale', async () => {
  await using host = await startHost()
  const leaks = leakCheck(host)
  const path = join(host.stateDirectory, 'host.json')
  const file = await readFile(path, 'utf8')
  await host.server.end('SIGKILL')
  // Ours: alive, but started at another time than the file says.
  await writeFile(path, file.replace(/"pid": \d+/, `"pid": ${process.pid}`), { mode: 0o600 })
  await expectServes(host)
  await host.server.end('SIGKILL')
  await writeFile(path, file.slice(0, 20), { mode: 0o600 }) // torn
  await expectServes(host)
  await leaks.expectNone()
})

test('F45: a lock that a dying host left is no lock for ever', async () => {
  await using host = await startHost()
  await host.server.end('SIGKILL')
  execFileSync('mkdir', [join(host.stateDirectory, 'host.lock')])
  execFileSync('touch', ['-d', '1 minute ago', join(host.stateDirectory, 'host.lock')])
  await expectServes(host)
})

async function expectServes(host: HostFixture): Promise<void> {
  await host.start()
  using link = await host.link()
  await link.request('link.ping', {})
}

test('F45: a socket path that somebody listens on is taken over only by whoever holds the claim', async () => {
  await using host = await startHost()
  const { socket } = JSON.parse(await readFile(join(host.stateDirectory, 'host.json'), 'utf8')) as {
    socket: string
  } // the host's own
  await host.server.end('SIGKILL')
  // A stray listener at the very path, in a directory that is ours: a remnant, not a host.
  execFileSync('rm', ['-f', socket])
  // Who only knocks to see whether somebody is there is let go of.
  const stray = createServer((socket) => socket.destroy())
  stray.listen(socket)
  await once(stray, 'listening')
  try {
    await expectServes(host)
  } finally {
    await closed(stray)
  }
})

function closed(server: Server): Promise<unknown> {
  const end = once(server, 'close')
  server.close()
  return end
}

/** What is wrong with a directory, and what the refusal names. */
const UNSAFE: readonly {
  readonly name: string
  readonly spoil: (path: string) => Promise<void>
  readonly word: string
}[] = [
  { name: 'mode 0777', spoil: (path) => chmod(path, 0o777), word: 'mode 777' },
  { name: 'readable by a group', spoil: (path) => chmod(path, 0o740), word: 'mode 740' },
  { name: 'another owner', spoil: (path) => chown(path, 61_234, 61_234), word: 'uid 61234' },
  {
    name: 'a symbolic link',
    spoil: (path) =>
      Promise.resolve(
        void execFileSync('sh', ['-c', 'mv "$0" "$0-moved" && ln -s "$0-moved" "$0"', path]),
      ),
    word: 'not a directory',
  },
]

test('F45: a state or runtime directory that others could reach is refused, with the reason, and nothing is made', async () => {
  for (const { name, spoil, word } of UNSAFE) {
    for (const which of ['stateDirectory', 'runtimeDirectory'] as const) {
      const scratch = await makeScratch()
      try {
        await spoil(scratch[which])
        const said = await refusalOf(scratch)
        expect([name, which, said.code, said.text.includes(word)]).toEqual([name, which, 1, true])
        expect(await scratch.leftovers()).toEqual([])
      } finally {
        await scratch.remove()
      }
    }
  }
  recordFigure(
    'F45',
    `remains of 5 killed hosts, of a reused process number, a torn host.json, an old lock and a stray socket cleared; ` +
      `${UNSAFE.length} kinds of unsafe directories refused`,
  )
})

async function refusalOf(scratch: Scratch): Promise<{ code: number | null; text: string }> {
  const { stateDirectory, runtimeDirectory } = scratch
  const host = new ServerProcess({
    program: 'packages/host/dist/main.js',
    args: ['--state-dir', stateDirectory, '--runtime-dir', runtimeDirectory],
    environment: { PATH: process.env['PATH'] ?? '' },
  })
  try {
    await within('the refusal', once(host.child, 'close'), { transcript: host.transcript })
  } finally {
    await host.end('SIGKILL')
  }
  return { code: host.child.exitCode, text: host.transcript() }
}
