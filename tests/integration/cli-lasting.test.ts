// What the command line can read although host or gateway ended, or crashed: logs outlive them.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  runProgram,
  startHost,
  startLimpet,
  waitFor,
  within,
  type HostFixture,
  type LimpetFixture,
} from '@limpet/testkit'
import { describe, expect, test } from 'vitest'

interface Said {
  readonly out: string
  readonly err: string
  readonly code: number | null
}

async function limpet(fixture: HostFixture, ...args: readonly string[]): Promise<Said> {
  const ran = await runProgram(fixture.cli(...args), { environment: fixture.cliEnvironment })
  return { out: ran.stdout.toString(), err: ran.stderr.toString(), code: ran.code }
}

/** Starts a session, and waits until its log has this text. */
async function detached(fixture: HostFixture, script: string, until: string): Promise<string> {
  const id = (await limpet(fixture, 'run', '--detach', '--', 'sh', '-c', script)).out.trim()
  await waitFor(`${until} in the log`, async () =>
    (await limpet(fixture, 'logs', id)).out.includes(until),
  )
  return id
}

/** A crash loses what was written in its newest fraction of a second: this one is not part of that. */
async function writtenToDisk(fixture: HostFixture, id: string): Promise<void> {
  const seen = async (): Promise<string> => {
    const ran = await runProgram(['sh', '-c', `cat ${fixture.stateDirectory}/sessions/${id}/*.log`])
    return ran.stdout.toString()
  }
  await waitFor('the log on disk', async () => (await seen()).includes('before'))
}

interface Follower {
  readonly out: () => string
  readonly end: () => Promise<number | null>
}

function follow(argv: readonly string[], environment: Readonly<Record<string, string>>): Follower {
  const [file = '', ...args] = argv
  const child = spawn(file, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (out += text))
  }
  const ended = once(child, 'close')
  return {
    out: () => out,
    end: async () => {
      await within('the end of the follower', ended, { transcript: () => out })
      return child.exitCode
    },
  }
}

/** With its first session, a host clears away the pipes of one that crashed. */
async function endOfNextHost(fixture: HostFixture): Promise<void> {
  expect(await limpet(fixture, 'run', 'true')).toMatchObject({ code: 0 })
  await limpet(fixture, 'stop')
}

describe('without the host that ran it', () => {
  test('what ended is listed, printed, replayed and exported; a host is started for that only', async () => {
    await using host = await startHost()
    const id = await detached(host, 'echo before; exit 3', 'before')
    await host.server.end('SIGTERM')
    expect(await limpet(host, 'ls')).toEqual({
      out: '',
      err: 'No session runs. Those that ended: limpet ls --all\n',
      code: 0,
    })
    expect(await host.scratch.leftovers()).toEqual([])
    expect((await limpet(host, 'ls', '--all')).out).toMatch(
      new RegExp(`^${id.slice(0, 8)} +ended with code 3 `, 'm'),
    )
    expect(await limpet(host, 'logs', id)).toEqual({ out: 'before\n', err: '', code: 0 })
    expect(await limpet(host, 'logs', '-f', id)).toEqual({ out: 'before\n', err: '', code: 3 })
    expect(await limpet(host, 'export', '--format', 'text', id)).toMatchObject({ out: 'before\n' })
    expect(await limpet(host, 'replay', id)).toMatchObject({ out: 'before\n', code: 0 })
    await limpet(host, 'stop')
  })

  test('what ran when the host crashed is lost, and can be read', async () => {
    await using host = await startHost()
    const id = await detached(host, 'echo before; exec sleep 1000', 'before')
    await writtenToDisk(host, id)
    await host.server.end('SIGKILL')
    expect((await limpet(host, 'ls', '--lost')).out).toMatch(
      new RegExp(`^${id.slice(0, 8)} +lost `, 'm'),
    )
    expect((await limpet(host, 'ls')).err).toBe(
      'No session runs; 1 lost with the host: limpet ls --all\n',
    )
    expect(await limpet(host, 'logs', id)).toEqual({ out: 'before\n', err: '', code: 0 })
    const unknown = expect.stringMatching(
      /^limpet: .* was lost when its host crashed: nobody knows how it ended\n$/,
    )
    expect(await limpet(host, 'logs', '-f', id)).toEqual({ out: 'before\n', err: unknown, code: 1 })
    expect(await limpet(host, 'attach', id)).toEqual({ out: 'before\n', err: unknown, code: 1 })
    await endOfNextHost(host)
  })

  test('logs -f outlives a crash of the host: it reads the rest from the next one, and says how it was', async () => {
    await using host = await startHost()
    const id = await detached(host, 'echo before; exec sleep 1000', 'before')
    await writtenToDisk(host, id)
    const follower = follow(host.cli('logs', '-f', id), host.cliEnvironment)
    await waitFor('what there is', () => follower.out() === 'before\n')
    await host.server.end('SIGKILL')
    expect(await follower.end()).toBe(1)
    expect(follower.out()).toMatch(/^before\nlimpet: .* was lost when its host crashed/)
    await endOfNextHost(host)
  })
})

test('logs -f goes on over restarts of the gateway, each line once', async () => {
  await using fixture = await startLimpet()
  await using client = await fixture.connect()
  const script = 'i=0; while [ $i -lt 300 ]; do echo $((i=i+1)); sleep 0.02; done; exit 9'
  const session = await client.open({ argv: ['sh', '-c', script] }, { stdin: 'empty' })
  void session.discardOutput()
  const argv = fixture.cli('logs', '-f', '--url', fixture.url, session.id)
  const follower = follow(argv, { ...fixture.environment, LIMPET_TOKEN: fixture.token })
  for (const line of ['20', '120']) await restartAfter(line, fixture, follower)
  expect(await follower.end()).toBe(9)
  const expected = Array.from({ length: 300 }, (_, index) => `${index + 1}\n`).join('')
  expect(follower.out()).toBe(expected)
})

async function restartAfter(
  line: string,
  fixture: LimpetFixture,
  follower: Follower,
): Promise<void> {
  await waitFor(`line ${line}`, () => follower.out().includes(`\n${line}\n`))
  await fixture.killGateway()
  await fixture.restartGateway()
}
