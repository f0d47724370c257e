// `limpet ls`, `kill`, `stop` and `doctor`: seeing and ending what runs.

import { chmod } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import {
  isAlive,
  runProgram,
  startHost,
  startLimpet,
  type HostFixture,
  type Ran,
} from '@limpet/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

function said({ stdout, stderr, code }: Ran): { out: string; err: string; code: number | null } {
  return { out: stdout.toString(), err: stderr.toString(), code }
}

describe('the command line', () => {
  let host: HostFixture
  beforeAll(async () => void (host = await startHost()))
  afterAll(() => host[Symbol.asyncDispose]())

  async function limpet(...args: readonly string[]): Promise<ReturnType<typeof said>> {
    return said(await runProgram(host.cli(...args), { environment: host.cliEnvironment }))
  }

  async function open(argv: readonly string[], name: string): Promise<{ id: string; pid: number }> {
    using link = await host.link()
    const { session } = await link.request('session.open', { plan: host.plan(argv), name })
    return { id: session.id, pid: session.pid ?? 0 }
  }

  test('lists what runs, and with --all what has ended', async () => {
    const { id, pid } = await open(['sleep', '1000'], 'sleeper')
    const ended = await open(['sh', '-c', 'exit 3'], 'ended')
    const list = await limpet('ls')
    expect(list).toMatchObject({ err: '', code: 0 })
    expect(list.out).toMatch(/^ID +STATE +AGE +ACTIVE +VIEWERS +NAME +COMMAND\n/)
    expect(list.out).toMatch(
      new RegExp(`^${id.slice(0, 8)} +running +\\d+s +\\d+s +0 +sleeper +sleep 1000$`, 'm'),
    )
    const json: unknown = JSON.parse((await limpet('ls', '--json', '--all')).out)
    expect(json).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id, pid, state: 'running', name: 'sleeper' }),
        expect.objectContaining({
          id: ended.id,
          state: 'ended',
          exit: expect.objectContaining({ code: 3 }),
        }),
      ]),
    )
    expect((await limpet('ls', '--all')).out).toMatch(/ended with code 3 .* ended +sh -c exit 3$/m)
    expect(await limpet('kill', '--force', 'sleeper')).toMatchObject({ code: 0 })
  })

  test('shows names that would drive the terminal as plain text', async () => {
    const { id } = await open(['sleep', '1000'], 'a\x1b]0;owned\x07b')
    const { out } = await limpet('ls')
    expect(out).toContain('a^[]0;owned^Gb')
    expect(out).not.toContain('\x1b')
    await limpet('kill', id)
  })

  test('ends sessions by id, prefix and name, waits for it, and says how they ended', async () => {
    const [byId, byPrefix, byName] = await Promise.all([
      open(['cat'], 'one'),
      open(['cat'], 'two'),
      open(['sh', '-c', 'trap "" TERM; while read line; do :; done; sleep 1000'], 'three'),
    ])
    const ended = await limpet('kill', byId.id, byPrefix.id.slice(0, 12), 'three')
    expect({ ...ended, out: ended.out.split('\n').toSorted() }).toEqual({
      out: ['', 'one ended with code 0', 'three ended by SIGKILL', 'two ended with code 0'],
      err: '',
      code: 0,
    })
    expect([byId, byPrefix, byName].map(({ pid }) => isAlive(pid))).toEqual([false, false, false])
  })

  test('ends what it can of several, and reports the rest', async () => {
    await open(['cat'], 'twin')
    await open(['cat'], 'twin')
    const { pid } = await open(['cat'], 'single')
    const result = await limpet('kill', '--force', 'nobody', 'twin', 'single')
    expect(result).toMatchObject({ out: 'single ended by SIGKILL\n', code: 1 })
    expect(result.err.split('\n').toSorted()).toEqual([
      '',
      expect.stringMatching(
        /^limpet: "twin" may be any of \w{8}, \w{8}\. Give more of the id\. \(SESSION_AMBIGUOUS\)$/,
      ),
      'limpet: No session is called "nobody". See: limpet ls --all (SESSION_NOT_FOUND)',
    ])
    expect(isAlive(pid)).toBe(false)
    expect(await limpet('kill', 'single')).toMatchObject({
      err: expect.stringContaining('(SESSION_ENDED)'),
      code: 1,
    })
  })

  test('works through a gateway as well', async () => {
    await using whole = await startLimpet()
    const environment = whole.environment
    const through = async (...args: readonly string[]): Promise<ReturnType<typeof said>> =>
      said(await runProgram(whole.cli(...args), { environment }))
    const way = ['--url', whole.url, '--token', whole.token]
    const ran = await through('run', ...way, '--', 'sh', '-c', 'pwd; echo err >&2; exit 3')
    expect(ran).toEqual({ out: `${whole.scratch.home}\n`, err: 'err\n', code: 3 })
    await using client = await whole.connect()
    await client.open({ argv: ['cat'] }, { name: 'through' })
    expect((await through('ls', ...way)).out).toMatch(/through +cat$/m)
    expect(await through('kill', ...way, 'through')).toEqual({
      out: 'through ended with code 0\n',
      err: '',
      code: 0,
    })
    const link = `${whole.url}#t=${whole.token}`
    expect(await through('ls', '--url', link)).toMatchObject({ code: 0 })
    const wrong = await through('ls', '--url', whole.url, '--token', 'wrong')
    expect(wrong).toEqual({ out: '', err: expect.stringContaining('(UNAUTHENTICATED)'), code: 1 })
    expect(wrong.err).not.toContain(whole.token)
  })

  test('lists nothing, and starts nothing, where no host runs', async () => {
    await using whole = await startHost()
    await whole.server.end('SIGTERM')
    const ls = await runProgram(whole.cli('ls'), { environment: whole.cliEnvironment })
    expect(said(ls)).toEqual({ out: '', err: 'No sessions.\n', code: 0 })
    const json = await runProgram(whole.cli('ls', '--json'), { environment: whole.cliEnvironment })
    expect(said(json)).toEqual({ out: '[]\n', err: '', code: 0 })
    const kill = await runProgram(whole.cli('kill', 'any'), { environment: whole.cliEnvironment })
    expect(said(kill)).toMatchObject({
      err: expect.stringContaining('(HOST_UNREACHABLE)'),
      code: 1,
    })
    expect(await whole.scratch.leftovers()).toEqual([])
  })

  test('stops the host and every session', async () => {
    await using whole = await startHost()
    using link = await whole.link()
    const { session } = await link.request('session.open', { plan: whole.plan(['sleep', '1000']) })
    const stop = await runProgram(whole.cli('stop'), { environment: whole.cliEnvironment })
    expect(said(stop)).toEqual({
      out: `Ended 1 session and the host (pid ${whole.pid}).\n`,
      err: '',
      code: 0,
    })
    expect([isAlive(session.pid ?? 0), isAlive(whole.pid)]).toEqual([false, false])
  })

  test('finds with doctor what is wrong, and says what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // a TCP server's address is one
    const well = await limpet('doctor', '--port', String(port))
    server.close()
    expect(well).toMatchObject({ err: '', code: 0 })
    expect(well.out).toMatch(new RegExp(`^ok +host +pid ${host.pid}, build `, 'm'))
    expect(well.out).toMatch(/^warn +port +.* in use\n +→ limpet serve --listen 127\.0\.0\.1:0$/m)

    await chmod(host.scratch.runtimeDirectory, 0o755)
    const open = await limpet('doctor', '--json')
    await chmod(host.scratch.runtimeDirectory, 0o700)
    const findings = JSON.parse(open.out) as { check: string }[] // its own format
    expect(open.code).toBe(1)
    expect(findings.find(({ check }) => check === 'runtime')).toEqual({
      check: 'runtime',
      level: 'fail',
      message: `${host.scratch.runtimeDirectory} is open to others (mode 0755)`,
      next: `chmod 700 ${host.scratch.runtimeDirectory}`,
    })
  })

  test('prints its version and help', async () => {
    expect(await limpet('--version')).toEqual({
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      err: '',
      code: 0,
    })
    const help = await limpet('--help')
    expect(help).toMatchObject({ err: '', code: 0 })
    const commands = 'serve host run attach ls logs replay export name label share kill stop doctor'
    for (const command of commands.split(' ')) {
      expect(help.out).toMatch(new RegExp(`^  ${command} `, 'm'))
    }
    expect(await limpet('frobnicate')).toEqual({
      out: '',
      err: expect.stringMatching(/\(USAGE\)\n$/),
      code: 2,
    })
  })
})
